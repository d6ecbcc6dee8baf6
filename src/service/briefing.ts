import type { Since } from '../domain/since.ts';
import { type Step, step } from '../store/database.ts';
import type { Row } from '../store/statement.ts';
import {
  listCurrentTasks,
  listFinishedTasks,
  listFinishedTasksOfGoal,
  listLastNotes,
  listWaitingTasks,
} from '../store/statements/list-briefing.ts';
import { listGoals } from '../store/statements/list-goals.ts';
import { listHeldUp, listHeldUpInGoal } from '../store/statements/list-held-up.ts';
import { listReadyTasks, listReadyTasksOfGoal } from '../store/statements/list-ready-tasks.ts';
import type { Call } from './call.ts';
import { type HeldUp, heldUpAtMost } from './held-up.ts';
import { type ExecutionPlan, planOf, planSteps } from './plans.ts';

export type BriefedTask = Row<typeof listCurrentTasks>;
export type FinishedTask = Row<typeof listFinishedTasks>;
export type ReadyTask = Row<typeof listReadyTasks>;
export type WaitingTask = Row<typeof listWaitingTasks>;
export type LastNote = Row<typeof listLastNotes>;
export type BriefedGoal = Row<typeof listGoals>;

/** Where things stand, at one moment. Each list has the first of what there is; the `total` of its rows counts all of it. */
export interface Briefing {
  /** Of one goal: the goal and what is left of it. */
  plan: ExecutionPlan | undefined;
  /** Of all goals: those in progress, newest first. */
  goals: BriefedGoal[];
  /** In progress, then blocked, then failed; each the last changed first. */
  current: BriefedTask[];
  ready: ReadyTask[];
  waiting: WaitingTask[];
  /** Pending, and waiting for what nobody will do. */
  heldUp: HeldUp[];
  finished: FinishedTask[];
  notes: LastNote[];
}

/** Rows of each list, and characters of each text: the largest briefing has room for no more. */
const limit = 40;
const textLimit = 200;

/** @throws GoalAgentError `not_found` for a goal that does not exist. */
export async function getBriefing(
  call: Call,
  { goalId, since }: { goalId?: string | undefined; since?: Since | undefined },
): Promise<Briefing> {
  const { database, workspaceId } = call.store;
  const page = { workspaceId, textLimit, limit };
  const lately = {
    ...page,
    since: since !== undefined && 'at' in since ? since.at : null,
    secondsAgo: since !== undefined && 'secondsAgo' in since ? since.secondsAgo : null,
  };
  const goal = goalId ?? null;
  const steps = [
    step(listCurrentTasks, { ...page, goalId: goal }),
    step(listWaitingTasks, { ...page, goalId: goal }),
    step(listLastNotes, { ...lately, goalId: goal }),
  ] as const;
  const options = { signal: call.signal };
  if (goalId === undefined) {
    const [current, waiting, notes, ready, finished, heldUp, goals] = await database.snapshot(
      [
        ...steps,
        step(listReadyTasks, page),
        step(listFinishedTasks, lately),
        step(listHeldUp, { workspaceId, limit: heldUpAtMost }),
        goalsInProgress(workspaceId),
      ] as const,
      options,
    );
    return { plan: undefined, goals, current, ready, waiting, heldUp, finished, notes };
  }
  const [current, waiting, notes, ready, finished, heldUp, ...planned] = await database.snapshot(
    [
      ...steps,
      step(listReadyTasksOfGoal, { ...page, goalId }),
      step(listFinishedTasksOfGoal, { ...lately, goalId }),
      step(listHeldUpInGoal, { workspaceId, limit: heldUpAtMost, goalId }),
      ...planSteps(call, goalId),
    ] as const satisfies readonly Step[],
    options,
  );
  return { plan: planOf(goalId, planned), goals: [], current, ready, waiting, heldUp, finished, notes };
}

function goalsInProgress(workspaceId: number) {
  const filter = { status: 'in_progress', priority: null, repo: null, before: null };
  return step(listGoals, { workspaceId, textLimit, taskIdLimit: 0, limit, ...filter });
}
