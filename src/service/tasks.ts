import type { Criterion } from '../domain/criteria.ts';
import type { Json } from '../domain/json.ts';
import { answerBudget } from '../domain/limits.ts';
import type { Priority } from '../domain/priority.ts';
import type { Task } from '../domain/task.ts';
import type { TaskStatus } from '../domain/task-status.ts';
import { step } from '../store/database.ts';
import { deleteTask as deleteTaskFunction } from '../store/functions/delete-task.ts';
import type { Row } from '../store/statement.ts';
import { findTasks } from '../store/statements/find-tasks.ts';
import { listExistingGoals } from '../store/statements/list-existing-goals.ts';
import { listTaskIds } from '../store/statements/list-ids.ts';
import { listReadyTasks, listReadyTasksOfGoal } from '../store/statements/list-ready-tasks.ts';
import { listTasksById } from '../store/statements/list-tasks-by-id.ts';
import { cachedRead } from './cached-reads.ts';
import { type Call, change, goalNotFound, mayStartId, read, taskNotFound } from './call.ts';
import { readCurrent, readTasks } from './deferrals.ts';
import { type NotePage, notePage, notesOfTask } from './notes.ts';

/** A task as a list shows it. */
export interface ListedTask extends Task {
  /** Where its description or its result is too long for a list, and was cut. */
  cut?: CutTexts;
}

interface CutTexts {
  /** The full length, in characters. */
  description_length: number;
  /** The start of a long result as JSON text; `result` is null then. */
  result_start: string | null;
  result_length: number;
}

/** @throws GoalAgentError `not_found`. */
export async function getTask(call: Call, taskId: string): Promise<Task> {
  return (await getTaskWithNotes(call, taskId)).task;
}

/** A whole task with its newest notes. @throws GoalAgentError `not_found`. */
export async function getTaskWithNotes(call: Call, taskId: string): Promise<{ task: Task; notes: NotePage }> {
  const { workspaceId } = call.store;
  const steps = { tasks: step(findTasks, { workspaceId, taskIds: [taskId] }), notes: notesOfTask(call, taskId) };
  const { tasks, notes } = await cachedRead(call, {
    kind: 'task',
    id: taskId,
    steps,
    tasksOf: ({ tasks }) => tasks,
    keeps: ({ tasks }) => tasks.length > 0,
  });
  const [row] = tasks;
  if (row === undefined) throw taskNotFound(taskId);
  call.seeRevision?.(row.revision);
  return { task: taskOf(row), notes: notePage(notes) };
}

/** Tasks in the order of the IDs asked for, and the IDs that do not exist. */
export async function getTasks(call: Call, taskIds: string[]): Promise<{ tasks: ListedTask[]; notFound: string[] }> {
  const { workspaceId } = call.store;
  const wanted = [...new Set(taskIds)];
  const params = { workspaceId, textLimit: answerBudget.listText, taskIds: wanted };
  const { rows } = await readTasks(call, { rows: step(listTasksById, params) }, ({ rows }) => rows);
  const byId = new Map(rows.map((row) => [row.id, listedTask(row)]));
  return {
    tasks: wanted.flatMap((id) => byId.get(id) ?? []),
    notFound: wanted.filter((id) => !byId.has(id)),
  };
}

/**
 * Ready tasks, most important first, then oldest. `total` counts all of them, up to 1,000.
 * @throws GoalAgentError `not_found` for a goal that does not exist.
 */
export async function listReady(
  call: Call,
  { goalId, limit }: { goalId?: string | undefined; limit: number },
): Promise<{ tasks: ListedTask[]; total: number }> {
  const params = { workspaceId: call.store.workspaceId, textLimit: answerBudget.listText, limit };
  const ready = goalId === undefined ? step(listReadyTasks, params) : step(listReadyTasksOfGoal, { ...params, goalId });
  const { rows } = await readCurrent(call, { rows: ready });
  // an empty list says nothing of whether the goal exists; a second look is needed only then
  if (goalId !== undefined && rows.length === 0) await requireGoal(call, goalId);
  return { tasks: rows.map(listedTask), total: rows[0]?.total ?? 0 };
}

/** @throws GoalAgentError `not_found`. */
export async function requireGoal(call: Call, goalId: string): Promise<void> {
  const { states } = await read(call, {
    states: step(listExistingGoals, { workspaceId: call.store.workspaceId, goalIds: [goalId] }),
  });
  if (states.length === 0) throw goalNotFound(goalId);
}

/** What went with a task, and who held it. */
export interface DeletedTask {
  goalId: string;
  dependentTasks: string[];
  claim: { id: string; claimed_by: string | null; lease_expires_at: string | null };
}

/** Deletes one task. Those that depended on it no longer wait for it. */
export async function deleteTask(call: Call, taskId: string): Promise<DeletedTask> {
  const { deleted } = await change(call, (own) => ({ deleted: step(deleteTaskFunction.call, { ...own, taskId }) }));
  const [row] = deleted;
  if (row === undefined) throw taskNotFound(taskId);
  const { goal_id, dependent_tasks, claimed_by, lease_expires_at } = row;
  return { goalId: goal_id, dependentTasks: dependent_tasks, claim: { id: taskId, claimed_by, lease_expires_at } };
}

/** Up to 50 IDs of tasks that start with this text. */
export async function completeTaskId(call: Call, prefix: string): Promise<string[]> {
  if (!mayStartId(prefix)) return [];
  const { workspaceId } = call.store;
  const { rows } = await read(call, {
    rows: step(listTaskIds, { workspaceId, prefix: prefix.toUpperCase(), limit: 50 }),
  });
  return rows.map((row) => row.id);
}

export function taskOf(row: Omit<Row<typeof findTasks>, 'revision'>): Task {
  const task = sharedTask(row);
  if ((row.criteria as unknown[]).length > 0) task.criteria = row.criteria as unknown as Criterion[];
  return task;
}

/** What a task is in a list and by itself. */
function sharedTask(row: Omit<Row<typeof findTasks>, 'revision' | 'criteria'>): Task {
  // a list has many of them, and each copy of one takes longer than making it
  const task: Task = {
    id: row.id,
    goal_id: row.goal_id,
    description: row.description,
    type: row.type,
    status: row.status as TaskStatus,
    priority: row.priority as Priority,
    dependencies: row.dependencies,
    repo: row.repo,
    jira_ticket: row.jira_ticket,
    estimated_effort: row.estimated_effort,
    assigned_tools: row.assigned_tools,
    created_at: row.created_at,
    updated_at: row.updated_at,
    completed_at: row.completed_at,
    result: row.result as Json,
  };
  if (row.labels.length > 0) task.labels = row.labels;
  if (row.due_at !== null) task.due_at = row.due_at;
  if (row.defer_until !== null) task.defer_until = row.defer_until;
  if (row.waived) task.waived = true;
  if (row.claimed_by !== null && row.lease_expires_at !== null) {
    task.claimed_by = row.claimed_by;
    task.lease_expires_at = row.lease_expires_at;
  }
  return task;
}

export function listedTask(row: Row<typeof listTasksById>): ListedTask {
  const task: ListedTask = sharedTask(row);
  if (row.criteria_met !== null) task.criteria_met = row.criteria_met;
  const result_start = row.result === null ? row.result_start : null;
  if (row.description_length > answerBudget.listText || result_start !== null) {
    task.cut = { description_length: row.description_length, result_start, result_length: row.result_length };
  }
  return task;
}
