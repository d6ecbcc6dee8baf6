import { type Since, sinceParams } from '../domain/since.ts';
import { step } from '../store/database.ts';
import type { Row } from '../store/statement.ts';
import {
  listCurrentTasks,
  listCurrentTasksOfGoal,
  listFinishedTasks,
  listFinishedTasksOfGoal,
  listLastNotes,
  listLastNotesOfGoal,
  listWaitingTasks,
  listWaitingTasksOfGoal,
} from '../store/statements/list-briefing.ts';
import { listDueGoals, listDueTasks, listDueTasksOfGoal } from '../store/statements/list-due-tasks.ts';
import { listGoalsByParent, listGoalsByStatus } from '../store/statements/list-goals.ts';
import { listReadyTasks, listReadyTasksOfGoal } from '../store/statements/list-ready-tasks.ts';
import { listHeldResources } from '../store/statements/resources.ts';
import { type Call, read } from './call.ts';
import { readCurrent } from './deferrals.ts';
import { type Whole, wholeOf } from './goals-below.ts';
import { type HeldUp, heldUpStep } from './held-up.ts';
import { type ExecutionPlan, planOf, planSteps } from './plans.ts';

export type BriefedTask = Row<typeof listCurrentTasks>;
export type FinishedTask = Row<typeof listFinishedTasks>;
export type ReadyTask = Row<typeof listReadyTasks>;
export type WaitingTask = Row<typeof listWaitingTasks>;
export type Due = Row<typeof listDueTasks>;
export type LastNote = Row<typeof listLastNotes>;
export type HeldName = Row<typeof listHeldResources>;
export type BriefedGoal = Row<typeof listGoalsByStatus>;

/** Where things stand, at one moment. Each list has the first of what there is; the `total` of its rows counts all of it. */
export interface Briefing {
  /** Of one goal: the goal and what is left of it. */
  plan: ExecutionPlan | undefined;
  /** Of all goals: those in progress, newest first. Of one: its sub-goals in progress. */
  goals: BriefedGoal[];
  /** How far the parents among them are, with all that is below them; of one goal, how far that is. */
  wholes: ReadonlyMap<string, Whole>;
  /** In progress, then blocked, then failed; each the last changed first. */
  current: BriefedTask[];
  /** Tasks and goals that are late, or due within a week. */
  due: Due[];
  ready: ReadyTask[];
  waiting: WaitingTask[];
  /** Pending, and waiting for what nobody will do. */
  heldUp: HeldUp[];
  finished: FinishedTask[];
  notes: LastNote[];
  /** Names that somebody holds; of all goals alone. */
  held: HeldName[];
}

/** Rows of each list, and characters of each text: the largest briefing has room for no more. */
const limit = 40;
const textLimit = 200;

/** @throws GoalAgentError `not_found` for a goal that does not exist. */
export async function getBriefing(
  call: Call,
  { goalId, since }: { goalId?: string | undefined; since?: Since | undefined },
): Promise<Briefing> {
  const { workspaceId } = call.store;
  const page = { workspaceId, textLimit, limit };
  const lately = { ...page, ...sinceParams(since) };
  const heldUp = heldUpStep(call, goalId);
  if (goalId === undefined) {
    const { due, dueGoals, ...lists } = await readCurrent(call, {
      current: step(listCurrentTasks, page),
      waiting: step(listWaitingTasks, page),
      notes: step(listLastNotes, lately),
      heldUp,
      due: step(listDueTasks, page),
      dueGoals: step(listDueGoals, { ...page, goalId: null }),
      ready: step(listReadyTasks, page),
      finished: step(listFinishedTasks, lately),
      goals: goalsInProgress(workspaceId),
      held: step(listHeldResources, { workspaceId, limit }),
    });
    return { ...lists, due: dueFirst(dueGoals, due), plan: undefined, wholes: await wholesOf(call, lists.goals) };
  }
  const { goals, rows, dependencies, statuses, due, dueGoals, ...lists } = await readCurrent(call, {
    current: step(listCurrentTasksOfGoal, { ...page, goalId }),
    waiting: step(listWaitingTasksOfGoal, { ...page, goalId }),
    notes: step(listLastNotesOfGoal, { ...lately, goalId }),
    heldUp,
    due: step(listDueTasksOfGoal, { ...page, goalId }),
    dueGoals: step(listDueGoals, { ...page, goalId }),
    ready: step(listReadyTasksOfGoal, { ...page, goalId }),
    finished: step(listFinishedTasksOfGoal, { ...lately, goalId }),
    ...planSteps(call, goalId),
  });
  const plan = planOf(goalId, { goals, rows, dependencies, statuses });
  const below = goals[0]?.total_goals ? await openBelow(call, goalId) : [];
  return {
    ...lists,
    due: dueFirst(dueGoals, due),
    plan,
    goals: below,
    held: [],
    wholes: await wholesOf(call, [...goals, ...below]),
  };
}

function wholesOf(call: Call, goals: { id: string; total_goals: number }[]): Promise<Map<string, Whole>> {
  return wholeOf(
    call,
    goals.filter(({ total_goals }) => total_goals > 0).map(({ id }) => id),
  );
}

/** Sub-goals in progress, newest first. */
async function openBelow(call: Call, parentGoalId: string): Promise<BriefedGoal[]> {
  const filter = { status: 'in_progress', priority: null, repo: null, before: null, labels: [], parentGoalId };
  const params = { workspaceId: call.store.workspaceId, textLimit, taskIdLimit: 0, limit, ...filter };
  return (await read(call, { rows: step(listGoalsByParent, params) })).rows;
}

/** The first of both lists, each with the number of all. */
function dueFirst(goals: Due[], tasks: Due[]): Due[] {
  const total = (goals[0]?.total ?? 0) + (tasks[0]?.total ?? 0);
  return [...goals, ...tasks]
    .toSorted((a, b) => a.due_at.localeCompare(b.due_at))
    .slice(0, limit)
    .map((row) => ({ ...row, total }));
}

function goalsInProgress(workspaceId: number) {
  const filter = { status: 'in_progress', priority: null, repo: null, before: null };
  return step(listGoalsByStatus, { workspaceId, textLimit, taskIdLimit: 0, limit, ...filter });
}
