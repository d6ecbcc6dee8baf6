import { changeOf, type Image, imageOf } from '../domain/event.ts';
import { asJson } from '../domain/json.ts';
import type { Recording } from '../service/call.ts';
import { countAbove } from '../service/count-above.ts';
import { type Run, type Steps, step } from '../store/database.ts';
import { followGoals } from '../store/follow-goals.ts';
import { forgetReadyStarts } from '../store/functions/move-ready-starts.ts';
import { deleteDependenciesOf } from '../store/statements/delete-dependencies-of.ts';
import { importGoals } from '../store/statements/import-goals.ts';
import { importTasks, recordImages } from '../store/statements/import-tasks.ts';
import { insertDependencies } from '../store/statements/insert-dependencies.ts';
import { followTaskLabels } from '../store/statements/labels.ts';
import { listGoalImages, listTaskImages } from '../store/statements/list-images.ts';
import { listSearchedTasks } from '../store/statements/list-searched.ts';
import { lockGoals } from '../store/statements/lock-goals.ts';
import { overwriteGoals } from '../store/statements/overwrite-goals.ts';
import { overwriteTasks } from '../store/statements/overwrite-tasks.ts';
import { recordCreatedGoals, recordCreatedTasks } from '../store/statements/record-created.ts';
import { recordEvents } from '../store/statements/record-events.ts';
import { recordFollowed } from '../store/statements/record-followed.ts';
import { recountGoals } from '../store/statements/recount-goals.ts';
import { recountTasks } from '../store/statements/recount-tasks.ts';
import { deleteClaims, moveGoals } from '../store/statements/undo-writes.ts';
import { searchedGoals, taskWords } from '../store/write-words.ts';
import type { CheckedRecords } from './check/check.ts';
import type { GoalRow, TaskNode } from './check/types.ts';
import { chunks } from './chunks.ts';
import { imageOfNewTask } from './image-of-new-task.ts';

/**
 * The number of rows in one statement. More rows would be no faster, and their texts so large that V8 keeps them until
 * it collects all of its memory: 100,000 tasks took 12.3 s and 493 MB with 500, 11.5 s and 423 MB with 50. Each row may
 * have 256 KiB of JSON, and one JSON parameter holds less than 256 MiB.
 */
const chunkSize = 50;

export type RowsToWrite = Pick<CheckedRecords, 'goals' | 'tasks' | 'rowOf'>;

/** Hears of the written rows, out of all; each row counts once when it is written and once when its history begins. */
export type OnProgress = (done: number, total: number) => void;

interface Writing extends Recording {
  onProgress?: OnProgress | undefined;
}

/** Writes rows with their dependencies and their history, set by set, in a transaction that the caller holds. */
export async function writeRows(run: Run, rows: RowsToWrite, writing: Writing): Promise<void> {
  const { workspaceId, operation, onProgress } = writing;
  const recorded = { workspaceId, operation };
  const total = 2 * (rows.goals.length + rows.tasks.length);
  let done = 0;
  const progress = (count: number) => {
    done += count;
    onProgress?.(done, total);
  };
  const [newGoals, oldGoals] = split(rows.goals, (goal) => !goal.exists);
  const [newTasks, oldTasks] = split(rows.tasks, (task) => !task.exists);
  const [known, recounted] = split(newTasks, staysAsGiven(rows));
  await oneAhead(chunks(newGoals, chunkSize), async (goals) => {
    const record = step(recordCreatedGoals, { ...recorded, goalIds: ids(goals) });
    const goalsWritten = step(importGoals, { workspaceId, goals: asJson(goals) });
    // the first event of a goal has its parent
    await run({ goals: goalsWritten, moved: moved(workspaceId, goals), record });
    progress(2 * goals.length);
  });
  for (const goals of chunks(oldGoals, chunkSize)) {
    const locked = step(lockGoals, { workspaceId, goalIds: ids(goals) });
    const { before } = await run({ before: locked });
    await overwrite(
      run,
      recorded,
      { kind: 'goal', ids: ids(goals) },
      { overwritten: step(overwriteGoals, { workspaceId, goals: asJson(goals) }) },
    );
    const { after } = await run({ after: locked });
    await countAbove(run, recorded, { before, after, takenUp: [] });
    progress(2 * goals.length);
  }
  await oneAhead(chunks(known, chunkSize), async (tasks) => {
    const fresh = tasks.map(rows.rowOf);
    const images = fresh.map(imageOfNewTask);
    await run({
      tasks: step(importTasks, { workspaceId, tasks: asJson(fresh) }),
      events: step(recordImages, { ...recorded, images }),
    });
    progress(2 * tasks.length);
  });
  await oneAhead(chunks(recounted, chunkSize), async (tasks) => {
    const given = tasks.map(rows.rowOf);
    await run({ tasks: step(importTasks, { workspaceId, tasks: asJson(given) }) });
    progress(tasks.length);
  });
  const left = new Set<string>();
  for (const tasks of chunks(oldTasks, chunkSize)) {
    const taskIds = ids(tasks);
    const given = tasks.map(rows.rowOf);
    const images = await overwrite(
      run,
      recorded,
      { kind: 'task', ids: taskIds },
      {
        overwritten: step(overwriteTasks, { workspaceId, tasks: asJson(given) }),
        claims: step(deleteClaims, { workspaceId, taskIds }),
        oldEdges: step(deleteDependenciesOf, { workspaceId, taskIds }),
        newEdges: step(insertDependencies, { workspaceId, ...edgesOf(tasks) }),
      },
    );
    for (const { goal_id } of images) left.add(String(goal_id));
    progress(2 * tasks.length);
  }
  await oneAhead(chunks(newTasks, chunkSize), (tasks) =>
    run({ edges: step(insertDependencies, { workspaceId, ...edgesOf(tasks) }) }),
  );
  await writeWords(run, rows, workspaceId);
  await recount(run, rows, { ...recorded, left, taskIds: ids([...recounted, ...oldTasks]) });
  await oneAhead(chunks(recounted, chunkSize), async (tasks) => {
    await run({ events: step(recordCreatedTasks, { ...recorded, taskIds: ids(tasks) }) });
    progress(tasks.length);
  });
}

/** These goals go under their parents, which are there already or among them. */
function moved(workspaceId: number, goals: readonly GoalRow[]) {
  const kin = goals.flatMap(({ id, parent_goal_id: parentId }) => (parentId == null ? [] : [{ id, parentId }]));
  if (kin.length === 0) return undefined;
  return step(moveGoals, { workspaceId, ids: ids(kin), parents: kin.map(({ parentId }) => parentId) });
}

/** Runs the steps that change existing rows, records the changes, and gives back the rows as they were. */
async function overwrite(
  run: Run,
  recorded: Recording,
  { kind, ids }: { kind: 'goal' | 'task'; ids: string[] },
  steps: Steps,
): Promise<Image[]> {
  const { workspaceId } = recorded;
  const look =
    kind === 'goal'
      ? step(listGoalImages, { workspaceId, goalIds: ids })
      : step(listTaskImages, { workspaceId, taskIds: ids });
  const { before } = await run({ before: look });
  await run(steps);
  const { after } = await run({ after: look });
  const was = new Map(before.map((row) => [row.id, imageOf(row)]));
  const events = after.map((row) =>
    changeOf({ kind, id: row.id, action: 'updated' }, was.get(row.id) ?? null, imageOf(row)),
  );
  await run({ events: step(recordEvents, { ...recorded, events: asJson(events) }) });
  return [...was.values()].filter((image) => image !== null);
}

/**
 * The words of all rows, after all rows exist. PostgreSQL keeps the plans of the foreign keys, and a plan that was made
 * for a few tasks would go through all of them for each of 100,000.
 */
async function writeWords(run: Run, rows: RowsToWrite, workspaceId: number): Promise<void> {
  await oneAhead(chunks(rows.goals, chunkSize), (goals) => run(searchedGoals(workspaceId, goals)));
  // words of one page are made while the database takes those of the page before
  await oneAhead(chunks(ids(rows.tasks), chunkSize), async (page) => {
    const { tasks } = await run({ tasks: step(listSearchedTasks, { workspaceId, ids: page }) });
    await run({ words: taskWords(workspaceId, tasks) });
  });
}

/** Each in its turn, and the next one is made ready while the database works on one. */
async function oneAhead<T>(items: Iterable<T>, send: (item: T) => Promise<unknown>): Promise<void> {
  let before: Promise<unknown> = Promise.resolve();
  for (const item of items) {
    const sent = send(item);
    // it fails with the one before, whose error says why
    sent.catch(() => {});
    await before;
    before = sent;
  }
  await before;
}

interface Recount extends Recording {
  /** Tasks whose counts may differ from those that they came with. */
  taskIds: string[];
  /** Goals that lost a task to another. */
  left: ReadonlySet<string>;
}

/** New rows among themselves come with their counts. Where they meet existing rows, the database counts again. */
async function recount(run: Run, rows: RowsToWrite, { workspaceId, operation, taskIds, left }: Recount): Promise<void> {
  const goalIds = [...new Set([...touchedGoals(rows), ...left])];
  if (goalIds.length > 0) {
    const { before } = await run({ before: step(lockGoals, { workspaceId, goalIds }) });
    const { after } = await run({
      recounted: step(recountGoals, { workspaceId, goalIds }),
      ...followGoals(workspaceId, goalIds),
      followed: step(recordFollowed, { workspaceId, operation, before }),
      after: step(lockGoals, { workspaceId, goalIds }),
    });
    await countAbove(run, { workspaceId, operation }, { before, after, takenUp: [] });
  }
  if (goalIds.length + taskIds.length > 0) {
    await run({
      recounted: step(recountTasks, { workspaceId, taskIds, goalIds }),
      labels: step(followTaskLabels, { workspaceId }),
    });
  }
  await run({ starts: step(forgetReadyStarts.call, { workspaceId }) });
}

/** Whether a task, its goal and all its dependencies are new. Nothing in the store then changes its counts. */
function staysAsGiven(rows: RowsToWrite): (task: TaskNode) => boolean {
  const fresh = new Set([...rows.goals, ...rows.tasks].filter((row) => !row.exists).map((row) => row.id));
  return ({ id, goal_id, dependencies }) => [id, goal_id, ...dependencies].every((each) => fresh.has(each));
}

/** The goals that existed before and that these rows change. */
function touchedGoals({ goals, tasks }: Pick<RowsToWrite, 'goals' | 'tasks'>): Set<string> {
  const fresh = new Set(goals.filter((goal) => !goal.exists).map((goal) => goal.id));
  const named = [...goals.map((goal) => goal.id), ...tasks.map((task) => task.goal_id)];
  return new Set(named.filter((id) => !fresh.has(id)));
}

/** The items of which it is true, and the other items. */
function split<T>(rows: T[], isFirst: (row: T) => boolean): [T[], T[]] {
  return [rows.filter(isFirst), rows.filter((row) => !isFirst(row))];
}

function ids(rows: { id: string }[]): string[] {
  return rows.map((row) => row.id);
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
