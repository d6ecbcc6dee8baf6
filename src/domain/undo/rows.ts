import { type Image, same } from '../event.ts';

/** An event of what is to be taken back. */
export interface PastEvent {
  seq: number;
  operation: number;
  action: string;
  goal_id: string;
  task_id: string | null;
  before: Image | null;
  after: Image | null;
}

/** A row that operations changed, as they changed it all together. */
export interface UndoneRow {
  kind: 'goal' | 'task' | 'note';
  id: string;
  goalId: string;
  taskId: string | null;
  /** Whether there was a row before the first of the changes, and whether there is one after the last. */
  was: boolean;
  isThere: boolean;
  /** Of each column that was changed: its value before the first change, and after the last. */
  first: Image;
  last: Image;
  /** The whole row, where the last change deleted it: with its notes and those that depended on it. */
  removed: Image | null;
  operations: number[];
  firstSeq: number;
}

export function isOfNote(action: string): boolean {
  return action === 'noted' || action === 'note_undone';
}

/** The rows that these events changed, first to last, each once. What only followed for goals from their tasks is no change of theirs. */
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

/** A note that had gone with what it was on has no image in the event of an undo. */
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
  // what one of the changes made is no part of what was there before
  if (before !== null && row.was) row.first = { ...before, ...row.first };
  if (after !== null) row.last = before === null ? after : { ...row.last, ...after };
  row.removed = after === null ? before : null;
  row.isThere = after !== null;
  if (!row.operations.includes(operation)) row.operations.push(operation);
}

/** Whether a column has another value after all of the changes than before them. */
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

/** Whether taking it back changes how a task stands: what its holder must not be surprised by. */
export function movesState(row: UndoneRow): boolean {
  if (row.kind !== 'task') return false;
  if (row.was !== row.isThere) return true;
  return ['status', 'claimed_by', 'completed_at', 'result'].some((column) => isChanged(row, column));
}

/** Whether taking it back changes the counts of the task's goals. */
export function movesCounts(row: UndoneRow): boolean {
  if (row.kind !== 'task') return false;
  if (row.was !== row.isThere || isChanged(row, 'goal_id')) return true;
  return (row.first.status === 'completed') !== (row.last.status === 'completed');
}
