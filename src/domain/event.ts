import type { Json } from './json.ts';
import { writeJson } from './json-text.ts';

/** A row as the history keeps it: its columns, and for a task its dependencies with their places. */
export type Image = { [key: string]: Json };

/** An event before it is recorded. For a row that existed before and exists after, it has only the changed columns. */
export interface NewEvent {
  action: string;
  /** Empty for a named resource and a template, which are of no goal. */
  goal_id: string;
  task_id: string | null;
  before: Image | null;
  after: Image | null;
  undoes?: number[];
}

/** The row that an event tells of, and what happened to the row. */
interface Subject {
  kind: 'goal' | 'task';
  id: string;
  action: string;
}

/**
 * An event leaves these keys of an image out: dependents and notes are rows with a history of their own, and the
 * revision only counts changes.
 */
const apart = new Set(['dependents', 'notes', 'revision']);
/** Every event of a goal has these columns: an undo has to know how the goal stood. */
const goalState = ['status', 'total_tasks', 'open_tasks'];
/** And these, where it has a parent or sub-goals. */
const nestedState = ['total_goals', 'open_goals', 'parent_goal_id'];
/** A task that moves takes its weight from one goal's counts to another's. */
const moveState = ['status'];

/** The event of a row from its state before and after; null stands for no row. */
export function changeOf({ kind, id, action }: Subject, before: Image | null, after: Image | null): NewEvent {
  const subject =
    kind === 'goal'
      ? { goal_id: id, task_id: null }
      : { goal_id: String((after ?? before)?.goal_id ?? ''), task_id: id };
  if (before === null || after === null) return { action, ...subject, before, after };
  const changed = Object.keys({ ...before, ...after }).filter(
    (key) => !apart.has(key) && !same(before[key], after[key]),
  );
  const told = kind === 'goal' ? toldOfGoal(before, after) : changed.includes('goal_id') ? moveState : [];
  const keys = new Set([...changed, ...told]);
  return { action, ...subject, before: pick(before, keys), after: pick(after, keys) };
}

function toldOfGoal(...images: Image[]): string[] {
  const isNested = images.some((image) => image.parent_goal_id != null || Number(image.total_goals ?? 0) > 0);
  return isNested ? [...goalState, ...nestedState] : goalState;
}

/** The image of a row that was read, or null where there was none. */
export function imageOf(row: { image: Json } | undefined): Image | null {
  return row === undefined ? null : (row.image as Image);
}

/** The images of rows that were read, by the rows' IDs. */
export function imagesById(rows: readonly { id: string; image: Json }[]): Map<string, Image> {
  return new Map(rows.map(({ id, image }) => [id, image as Image]));
}

/** Whether two values of one column are the same; both come from the database, which orders the keys of objects. */
export function same(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || writeJson(a ?? null) === writeJson(b ?? null);
}

function pick(image: Image, keys: ReadonlySet<string>): Image {
  return Object.fromEntries([...keys].map((key) => [key, image[key] ?? null]));
}
