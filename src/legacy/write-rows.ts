import { type Run, step } from '../store/database.ts';
import { deleteDependenciesOf } from '../store/statements/delete-dependencies-of.ts';
import { importGoals } from '../store/statements/import-goals.ts';
import { importTaskImages, importTasks } from '../store/statements/import-tasks.ts';
import { insertDependencies } from '../store/statements/insert-dependencies.ts';
import { listSearchedTasks } from '../store/statements/list-searched.ts';
import { overwriteGoals } from '../store/statements/overwrite-goals.ts';
import { overwriteTasks } from '../store/statements/overwrite-tasks.ts';
import { recordImportedGoals } from '../store/statements/record-imported-goals.ts';
import { recordImportedTasks } from '../store/statements/record-imported-tasks.ts';
import { recountGoals } from '../store/statements/recount-goals.ts';
import { recountTasks } from '../store/statements/recount-tasks.ts';
import { goalWords, taskWords } from '../store/write-words.ts';
import type { CheckedRecords } from './check/check.ts';
import type { GoalRow, TaskNode, TaskRow } from './check/types.ts';
import { imageOfNewTask } from './image-of-new-task.ts';

/**
 * Rows in one statement. More would be no faster, and make texts so large that V8 keeps them until it collects all of
 * its memory: 100,000 tasks took 12.3 s and 493 MB with 500, 11.5 s and 423 MB with 50. Each row may have 256 KiB of JSON,
 * and one JSON parameter holds less than 256 MiB.
 */
const chunkSize = 50;

export type RowsToWrite = Pick<CheckedRecords, 'goals' | 'tasks' | 'rowOf'>;

/** Told of rows written, out of all; each row counts once when it is written and once when its history begins. */
export type OnProgress = (done: number, total: number) => void;

interface Writing {
  workspaceId: number;
  actor: string;
  /** The first of as many numbers as `eventsFor` says. */
  seq: number;
  onProgress?: OnProgress | undefined;
}

/** The events that writing these rows may need: one a row, and one for each goal that the tasks may complete. */
export function eventsFor({ goals, tasks }: Pick<RowsToWrite, 'goals' | 'tasks'>): number {
  return Math.max(
    1,
    goals.length + tasks.length + touchedGoals({ goals, tasks }).size + tasks.filter((task) => task.exists).length,
  );
}

/** Writes rows with their dependencies and their history, set by set, in a transaction that the caller holds. */
export async function writeRows(run: Run, rows: RowsToWrite, writing: Writing): Promise<void> {
  const { workspaceId, actor, seq: operation, onProgress } = writing;
  const total = 2 * (rows.goals.length + rows.tasks.length);
  let [seq, done] = [operation, 0];
  const numbers = (count: number) => {
    seq += count;
    return { seq: seq - count, operation, actor };
  };
  const progress = (count: number) => {
    done += count;
    onProgress?.(done, total);
  };
  const [newGoals, oldGoals] = split(rows.goals, (goal) => !goal.exists);
  const [newTasks, oldTasks] = split(rows.tasks, (task) => !task.exists);
  const [known, recounted] = split(newTasks, staysAsGiven(rows));
  await oneAhead(chunks(newGoals), async (goals) => {
    const record = step(recordImportedGoals, { workspaceId, goalIds: ids(goals), ...numbers(goals.length) });
    await run([step(importGoals, { workspaceId, goals: json(goals) }), record]);
    progress(2 * goals.length);
  });
  for (const goals of chunks(oldGoals)) {
    const overwrite = step(overwriteGoals, { workspaceId, goals: json(goals), ...numbers(goals.length) });
    await run([overwrite]);
    progress(2 * goals.length);
  }
  await oneAhead(chunks(known), async (tasks) => {
    const given = tasks.map(rows.rowOf);
    const images = given.map(imageOfNewTask);
    await run([step(importTaskImages, { workspaceId, images, ...numbers(tasks.length) })]);
    progress(2 * tasks.length);
  });
  await oneAhead(chunks(recounted), async (tasks) => {
    const given = tasks.map(rows.rowOf);
    await run([step(importTasks, { workspaceId, tasks: json(given) })]);
    progress(tasks.length);
  });
  const left = new Set<string>();
  for (const tasks of chunks(oldTasks)) {
    const given = tasks.map(rows.rowOf);
    const overwrite = step(overwriteTasks, { workspaceId, tasks: json(given), ...numbers(tasks.length) });
    const unwire = step(deleteDependenciesOf, { workspaceId, taskIds: ids(tasks) });
    const [goals] = await run([overwrite, unwire]);
    for (const { goal_id } of goals) left.add(goal_id);
    progress(2 * tasks.length);
  }
  await oneAhead(chunks(rows.tasks), (tasks) => run([step(insertDependencies, { workspaceId, ...edgesOf(tasks) })]));
  await writeWords(run, rows, workspaceId);
  await recount(run, rows, { workspaceId, left, numbers, taskIds: ids([...recounted, ...oldTasks]) });
  await oneAhead(chunks(recounted), async (tasks) => {
    await run([step(recordImportedTasks, { workspaceId, taskIds: ids(tasks), ...numbers(tasks.length) })]);
    progress(tasks.length);
  });
}

/**
 * The words of all rows, when all of them are there: the foreign keys' own plans are kept, and one that was made for a
 * few tasks would go through all of them for each of 100,000.
 */
async function writeWords(run: Run, rows: RowsToWrite, workspaceId: number): Promise<void> {
  for (const chunk of chunks(rows.goals)) await run([goalWords(workspaceId, chunk)]);
  for (const chunk of chunks(ids(rows.tasks))) {
    const [tasks] = await run([step(listSearchedTasks, { workspaceId, ids: chunk })] as const);
    await run([taskWords(workspaceId, tasks)]);
  }
}

/** Each in its turn, and the next one is made ready while the database works on one. */
async function oneAhead<T>(items: Iterable<T>, send: (item: T) => Promise<unknown>): Promise<void> {
  let before: Promise<unknown> = Promise.resolve();
  for (const item of items) {
    const sent = send(item);
    // it fails with the one before, which is the one that says why
    sent.catch(() => {});
    await before;
    before = sent;
  }
  await before;
}

interface Recount {
  workspaceId: number;
  /** Tasks whose counts may be others than those that they came with. */
  taskIds: string[];
  /** Goals that lost a task to another. */
  left: ReadonlySet<string>;
  numbers: (count: number) => { seq: number; operation: number; actor: string };
}

/** New rows among themselves come counted; where they meet rows that were there, the database counts again. */
async function recount(run: Run, rows: RowsToWrite, { workspaceId, taskIds, left, numbers }: Recount): Promise<void> {
  const goalIds = [...new Set([...touchedGoals(rows), ...left])];
  if (goalIds.length > 0) {
    await run([step(recountGoals, { workspaceId, goalIds, ...numbers(goalIds.length) })]);
  }
  if (goalIds.length + taskIds.length > 0) await run([step(recountTasks, { workspaceId, taskIds, goalIds })]);
}

/** Whether a task is new, and so are its goal and all that it depends on: then nothing in the store changes its counts. */
function staysAsGiven(rows: RowsToWrite): (task: TaskNode) => boolean {
  const fresh = new Set([...rows.goals, ...rows.tasks].filter((row) => !row.exists).map((row) => row.id));
  return ({ id, goal_id, dependencies }) => [id, goal_id, ...dependencies].every((each) => fresh.has(each));
}

/** The goals that were there before and that these rows change. */
function touchedGoals({ goals, tasks }: Pick<RowsToWrite, 'goals' | 'tasks'>): Set<string> {
  const fresh = new Set(goals.filter((goal) => !goal.exists).map((goal) => goal.id));
  const named = [...goals.map((goal) => goal.id), ...tasks.map((task) => task.goal_id)];
  return new Set(named.filter((id) => !fresh.has(id)));
}

/** Those of which it is true, and the others. */
function split<T>(rows: T[], isFirst: (row: T) => boolean): [T[], T[]] {
  return [rows.filter(isFirst), rows.filter((row) => !isFirst(row))];
}

function* chunks<T>(rows: T[]): Iterable<T[]> {
  for (let start = 0; start < rows.length; start += chunkSize) yield rows.slice(start, start + chunkSize);
}

function ids(rows: { id: string }[]): string[] {
  return rows.map((row) => row.id);
}

/** Rows are JSON by their types; an interface has no index signature, so the compiler cannot see it. */
function json(rows: (GoalRow | TaskRow)[]) {
  return rows as never;
}

function edgesOf(tasks: TaskNode[]) {
  const edges = tasks.flatMap(({ id, dependencies }) =>
    dependencies.map((dependency, place) => ({ id, dependency, place })),
  );
  return {
    taskIds: edges.map((edge) => edge.id),
    dependsOnIds: edges.map((edge) => edge.dependency),
    places: edges.map((edge) => edge.place),
  };
}
