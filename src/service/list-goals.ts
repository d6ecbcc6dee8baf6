import type { Goal, GoalStatus } from '../domain/goal.ts';
import type { Json } from '../domain/json.ts';
import { answerBudget } from '../domain/limits.ts';
import type { Priority } from '../domain/priority.ts';
import { step } from '../store/database.ts';
import type { Params } from '../store/statement.ts';
import {
  listGoalsByLabel,
  listGoalsByLabels,
  listGoalsByParent,
  listGoalsByRepo,
  listGoalsByStatus,
  listGoals as listGoalsStatement,
} from '../store/statements/list-goals.ts';
import { listGoalIds } from '../store/statements/list-ids.ts';
import { listLatestGoals as listLatestGoalsStatement } from '../store/statements/list-latest-goals.ts';
import { type Call, mayStartId, read } from './call.ts';
import { readCurrent } from './deferrals.ts';
import { goalFields } from './goals.ts';
import { type Whole, wholeOf } from './goals-below.ts';

export interface GoalFilter {
  status?: GoalStatus | undefined;
  priority?: Priority | undefined;
  repo?: string | undefined;
  /** All of these. */
  labels?: string[] | undefined;
  parent_goal_id?: string | undefined;
}

/** A goal as a list shows it: long text is cut, with its full length beside it. */
export interface ListedGoal extends Omit<Goal, 'metadata'> {
  metadata: { [key: string]: Json } | null;
  description_length: number;
  metadata_length: number;
  number: number;
  /** Of a goal that has sub-goals. */
  whole?: Whole | undefined;
}

function listStep(
  { labels, parent_goal_id: parentGoalId, ...filter }: GoalFilter,
  params: Params<typeof listGoalsStatement>,
) {
  if (parentGoalId !== undefined) return step(listGoalsByParent, { ...params, labels: labels ?? [], parentGoalId });
  if (labels === undefined) return step(statementFor(filter), params);
  const isOfOneLabel = labels.length === 1 && filter.repo === undefined;
  return step(isOfOneLabel ? listGoalsByLabel : listGoalsByLabels, { ...params, labels });
}

function statementFor({ status, priority, repo }: GoalFilter) {
  if (repo !== undefined) return listGoalsByRepo;
  return status === undefined && priority === undefined ? listGoalsStatement : listGoalsByStatus;
}

/**
 * Newest first, those with a number below `before`. `total` counts all that match, up to 1,000; those of several labels, or
 * of a label in a repository, up to 200.
 */
export async function listGoals(
  call: Call,
  filter: GoalFilter,
  page: { limit: number; before?: number | undefined },
): Promise<{ goals: ListedGoal[]; total: number }> {
  const params = {
    workspaceId: call.store.workspaceId,
    taskIdLimit: answerBudget.listIds,
    status: filter.status ?? null,
    priority: filter.priority ?? null,
    repo: filter.repo ?? null,
    before: page.before ?? null,
    limit: page.limit,
    textLimit: answerBudget.listText,
  };
  // a first page is a look
  const { rows } = await (page.before === undefined ? readCurrent : read)(call, { rows: listStep(filter, params) });
  const wholes = await wholeOf(
    call,
    rows.filter(({ total_goals }) => total_goals > 0).map(({ id }) => id),
  );
  const goals = rows.map((row) => ({
    ...goalFields(row),
    ...(wholes.has(row.id) && { whole: wholes.get(row.id) }),
    metadata: row.metadata as { [key: string]: Json } | null,
    description_length: row.description_length,
    metadata_length: row.metadata_length,
    number: row.number,
  }));
  // what a cursor pointed to may have been deleted since: the others still count
  const isPastTheEnd = rows.length === 0 && page.before !== undefined;
  const total = isPastTheEnd ? (await listGoals(call, filter, { limit: 1 })).total : (rows[0]?.total ?? 0);
  return { goals, total };
}

/** A goal as a picker shows it: the start of its description, and how far it is. */
export interface LatestGoal {
  id: string;
  description: string;
  status: GoalStatus;
  total_tasks: number;
  completed_tasks: number;
}

/** Goals that somebody may want to look at: first those in progress, each group the last changed first. */
export async function listLatestGoals(call: Call, limit: number): Promise<LatestGoal[]> {
  const params = { workspaceId: call.store.workspaceId, textLimit: answerBudget.listText, limit };
  const { rows } = await read(call, { rows: step(listLatestGoalsStatement, params) });
  return rows.map(({ open_tasks, ...row }) => ({
    ...row,
    status: row.status as GoalStatus, // the column's own type
    completed_tasks: row.total_tasks - open_tasks,
  }));
}

/** Up to 50 IDs of goals that start with this text, newest first. */
export async function completeGoalId(call: Call, prefix: string): Promise<string[]> {
  if (!mayStartId(prefix)) return [];
  const { workspaceId } = call.store;
  const { rows } = await read(call, {
    rows: step(listGoalIds, { workspaceId, prefix: prefix.toUpperCase(), limit: 50 }),
  });
  return rows.map((row) => row.id);
}
