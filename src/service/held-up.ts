import { isClosedGoal } from '../domain/closed-goal.ts';
import { step } from '../store/database.ts';
import type { Row } from '../store/statement.ts';
import {
  listHeldUp as listHeldUpAnywhere,
  listHeldUpByGoal,
  listHeldUpById,
  listHeldUpInGoal,
} from '../store/statements/list-held-up.ts';
import { type Call, read } from './call.ts';

/** A pending task, and one that it waits for and that nobody will do: it is cancelled, or its goal is closed. */
export type HeldUp = Row<typeof listHeldUpAnywhere>;

/** Dependencies that one answer tells of. */
export const heldUpAtMost = 20;

/** The step that lists those of one goal, or of all. */
export function heldUpStep({ store: { workspaceId } }: Call, goalId: string | undefined) {
  const params = { workspaceId, limit: heldUpAtMost };
  return goalId === undefined ? step(listHeldUpAnywhere, params) : step(listHeldUpInGoal, { ...params, goalId });
}

/** Those of one goal, or of all. */
export async function listHeldUp(call: Call, goalId: string | undefined): Promise<HeldUp[]> {
  return (await read(call, { heldUp: heldUpStep(call, goalId) })).heldUp;
}

/** Those that wait for what this goal left unfinished. */
export async function listWaitingForGoal(call: Call, goalId: string): Promise<HeldUp[]> {
  const { workspaceId } = call.store;
  return (await read(call, { heldUp: step(listHeldUpByGoal, { workspaceId, limit: heldUpAtMost, goalId }) })).heldUp;
}

/** Those among these tasks. */
export async function findHeldUp(call: Call, taskIds: string[]): Promise<HeldUp[]> {
  const { workspaceId } = call.store;
  return (await read(call, { heldUp: step(listHeldUpById, { workspaceId, limit: heldUpAtMost, taskIds }) })).heldUp;
}

/** `TASK-0001 (pending in GOAL-0001, which is cancelled)`, or `TASK-0001 (cancelled)`. */
export function describeHeldUp({ waits_for, status, goal_id, goal_status }: HeldUp): string {
  if (status === 'cancelled') return `${waits_for} (cancelled)`;
  const closed = isClosedGoal(goal_status) ? `which is ${goal_status}` : 'which is under a goal that is closed';
  return `${waits_for} (${status} in ${goal_id}, ${closed})`;
}
