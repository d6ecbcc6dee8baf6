import { isClosedTask } from '../closed-task.ts';
import { type Image, same } from '../event.ts';

/** An event of the operations that are to be taken back. */
export interface PastEvent {
  seq: number;
  operation: number;
  action: string;
  goal_id: string;
  task_id: string | null;
  before: Image | null;
  after: Image | null;
}

/** A row that the operations changed, with the sum of their changes. */
export interface UndoneRow {
  kind: 'goal' | 'task' | 'note';
  id: string;
  goalId: string;
  taskId: string | null;
  /** Whether the row existed before the first of the changes, and whether it exists after the last. */
  was: boolean;
  isThere: boolean;
  /** For each changed column: its value before the first change, and after the last. */
  first: Image;
  last: Image;
  /** The whole row, where the last change deleted it, with its notes and its dependents. */
  removed: Image | null;
  operations: number[];
  firstSeq: number;
}

export function isOfNote(action: string): boolean {
  return action === 'noted' || action === 'note_undone';
}

export function isOfTemplate({ action }: Pick<PastEvent, 'action'>): boolean {
  return action.startsWith('template_');
}

/**
 * The rows that these events changed, first to last, each once. A goal's status that only followed from its tasks is no
 * change of the goal.
 */
export function undoneRows(events: readonly PastEvent[]): UndoneRow[] {
  const rows = new Map<string, UndoneRow>();
  for (const event of events) {
    if (event.action === 'followed') continue;
    const kind = isOfNote(event.action) ? 'note' : event.task_id === null ? 'goal' : 'task';
    const id = kind === 'note' ? noteIdOf(event) : (event.task_id ?? event.goal_id);
    const key = `${kind} ${id}`;
    const row = rows.get(key) ?? begin(kind, id, event);
    rows.set(key, row);
    addTo(row, event);
  }
  return [...rows.values()];
}

/** A note that went with its goal or task has no image in the event of an undo. */
function noteIdOf({ seq, before, after }: PastEvent): string {
  const id = (after ?? before)?.id;
  return id === undefined ? `of event ${seq}` : String(id);
}

function begin(kind: UndoneRow['kind'], id: string, { goal_id, task_id, before, seq }: PastEvent): UndoneRow {
  return {
    kind,
    id,
    goalId: goal_id,
    taskId: task_id,
    was: before !== null,
    isThere: before !== null,
    first: {},
    last: {},
    removed: null,
    operations: [],
    firstSeq: seq,
  };
}

function addTo(row: UndoneRow, { goal_id, task_id, before, after, operation }: PastEvent): void {
  row.goalId = goal_id;
  row.taskId = task_id;
  // a value that one of the changes made is no part of the row before them
  if (before !== null && row.was) row.first = { ...before, ...row.first };
  if (after !== null) row.last = before === null ? after : { ...row.last, ...after };
  row.removed = after === null ? before : null;
  row.isThere = after !== null;
  if (!row.operations.includes(operation)) row.operations.push(operation);
}

/** Whether a column has another value after all of the changes than before. */
export function isChanged({ first, last }: UndoneRow, column: string): boolean {
  return column in first && !same(first[column], last[column]);
}

export const isGoing = ({ was, isThere }: UndoneRow) => !was && isThere;
export const isComing = ({ was, isThere }: UndoneRow) => was && !isThere;
export const isChanging = ({ was, isThere }: UndoneRow) => was && isThere;

/** The goal that a task belonged to before the changes. */
export function goalBefore(row: UndoneRow): string {
  return String(row.first.goal_id ?? row.goalId);
}

/** The parents that a goal had before the changes, and has after them. */
export function parentsOf(row: UndoneRow): string[] {
  if (row.kind !== 'goal') return [];
  return [row.first, row.last, row.removed].flatMap((image) =>
    typeof image?.parent_goal_id === 'string' ? [image.parent_goal_id] : [],
  );
}

/** The parent that a goal had before the changes, where they changed it or the goal itself was gone. */
export function parentBefore(row: UndoneRow): string | null {
  const parent = row.first.parent_goal_id;
  return typeof parent === 'string' ? parent : null;
}

/** A task's status, and what belongs to it. */
export const stateColumns = ['status', 'claimed_by', 'completed_at', 'waived', 'defer_until'];

/** Whether taking it back changes the status of a task. Such a change must not surprise the task's holder. */
export function movesState(row: UndoneRow): boolean {
  if (row.kind !== 'task') return false;
  if (row.was !== row.isThere) return true;
  return [...stateColumns, 'result'].some((column) => isChanged(row, column));
}

/** Whether taking it back changes the counts of the task's goals. */
export function movesCounts(row: UndoneRow): boolean {
  if (row.kind !== 'task') return false;
  if (row.was !== row.isThere || isChanged(row, 'goal_id')) return true;
  return isClosedTask(row.first.status) !== isClosedTask(row.last.status);
}
