import type { Row } from '../store/statement.ts';
import {
  listHeldUp as listHeldUpAnywhere,
  listHeldUpByGoal,
  listHeldUpById,
  listHeldUpInGoal,
} from '../store/statements/list-held-up.ts';
import type { Call } from './call.ts';

/** A pending task, and an unfinished one that it waits for, whose goal is completed or cancelled. */
export type HeldUp = Row<typeof listHeldUpAnywhere>;

/** Dependencies that one answer tells of. */
export const heldUpAtMost = 20;

/** Those of one goal, or of all. */
export async function listHeldUp(call: Call, goalId: string | undefined): Promise<HeldUp[]> {
  const { database, workspaceId } = call.store;
  const params = { workspaceId, limit: heldUpAtMost };
  const options = { signal: call.signal };
  if (goalId === undefined) return database.read(listHeldUpAnywhere, params, options);
  return database.read(listHeldUpInGoal, { ...params, goalId }, options);
}

/** Those that wait for what this goal left unfinished. */
export async function listWaitingForGoal(call: Call, goalId: string): Promise<HeldUp[]> {
  const { database, workspaceId } = call.store;
  return database.read(listHeldUpByGoal, { workspaceId, limit: heldUpAtMost, goalId }, { signal: call.signal });
}

/** Those among these tasks. */
export async function findHeldUp(call: Call, taskIds: string[]): Promise<HeldUp[]> {
  const { database, workspaceId } = call.store;
  return database.read(listHeldUpById, { workspaceId, limit: heldUpAtMost, taskIds }, { signal: call.signal });
}

/** `TASK-0001 (pending in GOAL-0001, which is cancelled)`. */
export function describeHeldUp({ waits_for, status, goal_id, goal_status }: HeldUp): string {
  return `${waits_for} (${status} in ${goal_id}, which is ${goal_status})`;
}
