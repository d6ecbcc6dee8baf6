import { GoalAgentError } from '../domain/errors.ts';
import type { Goal, GoalChange, GoalStatus, NewGoal } from '../domain/goal.ts';
import type { Json } from '../domain/json.ts';
import { answerBudget, limits } from '../domain/limits.ts';
import type { Priority } from '../domain/priority.ts';
import { type Rows, type Steps, step } from '../store/database.ts';
import { violatedConstraint } from '../store/failures.ts';
import { createGoal as createGoalFunction } from '../store/functions/create-goal.ts';
import { updateGoal as updateGoalFunction } from '../store/functions/update-goal.ts';
import type { Row } from '../store/statement.ts';
import { findGoal } from '../store/statements/find-goal.ts';
import { listTasksOfGoal } from '../store/statements/list-tasks-of-goal.ts';
import { workspaceIsGone } from '../store/workspace-is-gone.ts';
import { changedWords } from '../store/write-words.ts';
import { cachedRead } from './cached-reads.ts';
import { type Call, change, goalNotFound, type Own, read, transact } from './call.ts';
import { isPerson } from './caller.ts';
import { type Kin, kinOf } from './goals-below.ts';
import { newGoalRow } from './new-goal.ts';
import { type NotePage, notePage, notesOfGoal } from './notes.ts';
import { lockParent } from './refuse-parent.ts';
import { refuseNoLongerStrict, strictRefusal } from './strict-goals.ts';
import { type ListedTask, listedTask } from './tasks.ts';

/** A goal's first task IDs, where one goal is asked for. */
const taskIdLimit = limits.subtasksPerCall;

export async function createGoal(call: Call, goal: NewGoal): Promise<Goal> {
  const { workspaceId, numbers } = call.store;
  const number = await numbers.take('goal', 1);
  const row = newGoalRow(workspaceId, number, goal);
  const { parentGoalId: parentId } = row;
  const create = (own: Own) => ({ goals: step(createGoalFunction.call, { ...own, ...row, taskIdLimit }) });
  const made = parentId === null ? change(call, create) : changeParent(call, { parentId }, create);
  const { goals } = await made.catch((error) => {
    throw violatedConstraint(error) === 'goals_workspace_exists' ? workspaceIsGone() : error;
  });
  return goalOf(goals, row.id);
}

/** A goal, and what belongs to it. */
export interface GoalWithAll {
  goal: Goal;
  tasks: ListedTask[];
  notes: NotePage;
  kin: Kin | undefined;
}

/**
 * A goal with its tasks, those to be done first, at most `limits.page` of them, its newest notes, and what is above and
 * below it, where there is something.
 */
export async function getGoal(call: Call, goalId: string): Promise<GoalWithAll> {
  const { workspaceId } = call.store;
  const steps = {
    goals: step(findGoal, { workspaceId, taskIdLimit, goalId }),
    tasks: step(listTasksOfGoal, { workspaceId, textLimit: answerBudget.listText, goalId, limit: limits.page }),
    notes: notesOfGoal(call, goalId),
  };
  const { goals, tasks, notes } = await cachedRead(call, {
    kind: 'goal',
    id: goalId,
    steps,
    tasksOf: ({ tasks }) => tasks,
    // what is below a goal changes without an event of it
    keeps: ({ goals }) => goals[0]?.total_goals === 0,
  });
  const goal = goalOf(goals, goalId);
  call.seeRevision?.(goals[0]?.revision);
  // all there are: in their own order; a part: what is to be done
  const ordered = tasks.length === goal.total_tasks ? tasks.toSorted((a, b) => a.number - b.number) : tasks;
  const isNested = goal.parent_goal_id !== undefined || goal.sub_goals !== undefined;
  const kin = isNested ? await kinOf(call, goalId) : undefined;
  return { goal, tasks: ordered.map(listedTask), notes: notePage(notes), kin };
}

export async function findOneGoal(call: Call, goalId: string): Promise<Goal> {
  const { workspaceId } = call.store;
  const { goals } = await read(call, { goals: step(findGoal, { workspaceId, taskIdLimit, goalId }) });
  return goalOf(goals, goalId);
}

/**
 * @throws GoalAgentError `not_found`; `conflict` when it is strict, and would be completed before criteria are met; `invalid`
 *   when the merged metadata would be over its limit; what lockParent throws for a parent.
 */
export async function updateGoal(call: Call, goalId: string, wanted: GoalChange): Promise<Goal> {
  const { workspaceId } = call.store;
  const { merged, removedKeys } = splitMetadata(wanted.metadata ?? {});
  const params = {
    taskIdLimit,
    goalId,
    description: wanted.description ?? null,
    labels: wanted.labels ?? null,
    changesDueAt: wanted.due_at !== undefined,
    dueAt: wanted.due_at ?? null,
    strict: wanted.strict ?? null,
    changesParent: wanted.parent_goal_id !== undefined,
    parentGoalId: wanted.parent_goal_id ?? null,
    priority: wanted.priority ?? null,
    status: wanted.status ?? null,
    repos: wanted.repos ?? null,
    metadata: merged,
    removedKeys,
    ...changedWords(workspaceId, goalId, { description: wanted.description, repo: wanted.repos }),
  };
  if (wanted.strict === false && !isPerson(call)) refuseNoLongerStrict(call, await findOneGoal(call, goalId));
  try {
    const update = (own: Own) => ({ goals: step(updateGoalFunction.call, { ...own, ...params }) });
    const { parent_goal_id: parentId } = wanted;
    const moves = typeof parentId === 'string';
    const { goals } = await (moves ? changeParent(call, { goalId, parentId }, update) : change(call, update));
    return goalOf(goals, goalId);
  } catch (error) {
    if (violatedConstraint(error) === 'goals_metadata_within_limit') {
      throw new GoalAgentError(
        'invalid',
        `metadata: merged into what ${goalId} has, it would be over the limit of ${limits.jsonBytes} bytes; remove keys by setting them to null.`,
      );
    }
    if (violatedConstraint(error) === 'goals_strict_criteria_met') throw await strictRefusal(call, goalId);
    throw error;
  }
}

/** Runs a change that gives a goal a parent, once nothing is in the way of that: parents stand still meanwhile. */
async function changeParent<T extends Steps>(
  call: Call,
  { goalId, parentId }: { goalId?: string; parentId: string },
  steps: (own: Own) => T,
): Promise<Rows<T>> {
  const { workspaceId } = call.store;
  return transact(call, async (run, _, own) => {
    await lockParent(run, { workspaceId, parentId, ...(goalId !== undefined && { goalId }) });
    return run(steps(own()));
  });
}

export function goalOf(rows: Omit<Row<typeof findGoal>, 'revision'>[], goalId: string): Goal {
  const [row] = rows;
  if (row === undefined) throw goalNotFound(goalId);
  return { ...goalFields(row), metadata: row.metadata as { [key: string]: Json } };
}

type GoalFields = Omit<Row<typeof findGoal>, 'metadata' | 'revision'>;

export function goalFields(row: GoalFields): Omit<Goal, 'metadata'> {
  return {
    id: row.id,
    description: row.description,
    priority: row.priority as Priority,
    status: row.status as GoalStatus,
    repos: row.repos,
    ...(row.labels.length > 0 && { labels: row.labels }),
    ...(row.due_at !== null && { due_at: row.due_at }),
    ...(row.strict && { strict: true }),
    ...(row.parent_goal_id !== null && { parent_goal_id: row.parent_goal_id }),
    ...(row.total_goals > 0 && {
      sub_goals: { total: row.total_goals, completed: row.total_goals - row.open_goals },
    }),
    tasks: row.task_ids,
    total_tasks: row.total_tasks,
    completed_tasks: row.total_tasks - row.open_tasks,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

function splitMetadata(metadata: { [key: string]: Json }): { merged: { [key: string]: Json }; removedKeys: string[] } {
  const entries = Object.entries(metadata);
  return {
    merged: Object.fromEntries(entries.filter(([, value]) => value !== null)),
    removedKeys: entries.filter(([, value]) => value === null).map(([key]) => key),
  };
}
