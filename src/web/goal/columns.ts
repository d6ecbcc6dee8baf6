import { isClosedTask } from '../../domain/closed-task.ts';
import type { TaskStatus } from '../../domain/task-status.ts';
import { type BoardTask, isSatisfied, numberOf } from './task.ts';

/** What a person asks of a goal's tasks. */
export type TaskColumn = 'ready' | 'working' | 'waiting' | 'stuck' | 'done';
export const columnNames: readonly TaskColumn[] = ['ready', 'working', 'waiting', 'stuck', 'done'];

export interface Shown {
  task: BoardTask;
  column: TaskColumn;
  /** Dependencies that are not completed, and do not let the task go either. */
  waitsFor: string[];
}

/** Each task with the column that it stands in, and what it waits for. */
export function shownTasks(
  tasks: ReadonlyMap<string, BoardTask>,
  outside: Readonly<Record<string, string>>,
  isClosed: boolean,
): Map<string, Shown> {
  const shown = new Map<string, Shown>();
  for (const task of tasks.values()) {
    const waitsFor = task.dependencies.filter((id) => {
      const other = tasks.get(id);
      return other === undefined ? outside[id] !== 'completed' : !isSatisfied(other);
    });
    shown.set(task.id, { task, waitsFor, column: columnOf(task, waitsFor.length > 0 || isClosed) });
  }
  return shown;
}

function columnOf({ status }: BoardTask, waits: boolean): TaskColumn {
  if (isClosedTask(status)) return 'done';
  if (status === 'in_progress') return 'working';
  if (status === 'failed' || status === 'blocked') return 'stuck';
  return waits || status === 'deferred' ? 'waiting' : 'ready';
}

/** What the sign of a task says. */
export function signOf({ task: { status }, column }: Shown): TaskStatus | 'waiting' {
  return column === 'waiting' && status === 'pending' ? 'waiting' : status;
}

const rank = { high: 0, medium: 1, low: 2 };
const byPriority = (a: Shown, b: Shown) =>
  rank[a.task.priority] - rank[b.task.priority] || numberOf(a.task.id) - numberOf(b.task.id);
const never = '9999';
const byDue = (a: Shown, b: Shown) =>
  (a.task.due_at ?? never).localeCompare(b.task.due_at ?? never) || byPriority(a, b);
/** A cancelled task was never completed. */
const endOf = ({ task }: Shown) => task.completed_at ?? task.updated_at;
const byEnd = (a: Shown, b: Shown) => endOf(b).localeCompare(endOf(a)) || numberOf(b.task.id) - numberOf(a.task.id);

/** The tasks of each column: what matters most first, or what is due first; what is done newest first. */
export function inColumns(shown: Iterable<Shown>, isByDue: boolean): Record<TaskColumn, Shown[]> {
  const columns: Record<TaskColumn, Shown[]> = { ready: [], working: [], waiting: [], stuck: [], done: [] };
  for (const each of shown) columns[each.column].push(each);
  for (const name of columnNames) columns[name].sort(name === 'done' ? byEnd : isByDue ? byDue : byPriority);
  return columns;
}

/** The status that dropping a task on a column gives it. */
export const statusOfColumn: Record<TaskColumn, TaskStatus> = {
  ready: 'pending',
  working: 'in_progress',
  waiting: 'pending',
  stuck: 'blocked',
  done: 'completed',
};

/** Whether dropping the task there changes it: pending tasks are ready or wait by what they depend on. */
export function mayDrop({ task, waitsFor }: Shown, to: TaskColumn): boolean {
  if (statusOfColumn[to] === 'pending') {
    return task.status !== 'pending' && (to === 'waiting') === waitsFor.length > 0;
  }
  return statusOfColumn[to] !== task.status && !(to === 'stuck' && task.status === 'failed');
}
