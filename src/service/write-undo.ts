import { isClosedGoal } from '../domain/closed-goal.ts';
import { changeOf, type Image, imagesById, type NewEvent, same } from '../domain/event.ts';
import { asJson } from '../domain/json.ts';
import { comingEdges, placed, type UndoneEdges } from '../domain/undo/edges.ts';
import { statusAfterUndo, type WantedGoal } from '../domain/undo/goals.ts';
import { type Surroundings, stayingEdges } from '../domain/undo/obstacles.ts';
import { restoredGoal, restoredTask, returnedGoal, returnedTask } from '../domain/undo/restored.ts';
import {
  isChanged,
  isChanging,
  isComing,
  isGoing,
  type PastEvent,
  parentBefore,
  type UndoneRow,
} from '../domain/undo/rows.ts';
import { type Run, step } from '../store/database.ts';
import { followGoals } from '../store/follow-goals.ts';
import { moveReadyStartsBack } from '../store/functions/move-ready-starts.ts';
import { deleteGoalLabels, deleteTaskLabels, insertGoalLabels, insertTaskLabels } from '../store/statements/labels.ts';
import { listGoalImages, listTaskImages } from '../store/statements/list-images.ts';
import { countSubGoalsOfGoals, countTasksOfGoals } from '../store/statements/list-undo-surroundings.ts';
import { lockTasksOfGoals } from '../store/statements/lock-tasks.ts';
import { recordEvents } from '../store/statements/record-events.ts';
import { recountTasks } from '../store/statements/recount-tasks.ts';
import { restoreNotes } from '../store/statements/restore-notes.ts';
import { deleteDependencies } from '../store/statements/rewire-task.ts';
import {
  deleteClaims,
  deleteGoals,
  deleteNotes,
  deleteTasks,
  followTasks,
  moveGoals,
  restoreClaims,
  restoreDependencies,
  restoreGoals,
  restoreTasks,
  rewriteGoals,
  rewriteTasks,
} from '../store/statements/undo-writes.ts';
import {
  noteWords,
  type SearchedGoal,
  type SearchedNote,
  type SearchedTask,
  searchedGoals,
  taskWords,
} from '../store/write-words.ts';
import type { Recording } from './call.ts';

/** What is taken back, and the rows as they are before it is. */
export interface UndoPlan {
  events: PastEvent[];
  rows: UndoneRow[];
  edges: UndoneEdges;
  now: Surroundings;
  /** The database's clock, by which leases end. */
  clock: string;
  /** What is to become of the goals whose tasks are counted otherwise. */
  wanted: WantedGoal[];
  /** The highest revision and fence that later events know of, by row. */
  highest: Map<string, { revision: number; fence: number }>;
}

const noHistory = { revision: 0, fence: 0 };

/**
 * Writes what an undo changes, set by set, and its history. Rows that come need their goals, and rows that go make room
 * for nobody: hence the order. `check` is asked about the tasks that wait for more than before, and about the goals that
 * come back under another parent.
 */
export async function writeUndo(
  run: Run,
  recording: Recording,
  plan: UndoPlan,
  check: (waiting: string[], moved: string[]) => Promise<void>,
): Promise<void> {
  const { workspaceId } = recording;
  const { rows, edges, now } = plan;
  const { steps, waiting } = writes(plan, workspaceId);
  const goalIds = settledGoalIds(plan);
  const { counted, subGoals, current } = await run({
    ...steps,
    counted: step(countTasksOfGoals, { workspaceId, goalIds }),
    subGoals: step(countSubGoalsOfGoals, { workspaceId, goalIds, apart: goalIds }),
    current: step(listGoalImages, { workspaceId, goalIds }),
  });
  const moved = movedGoals(rows);
  await check(waiting, moved.map(idOfRow));
  const settled = settle(plan, { tasks: counted, subGoals }, imagesById(current));
  const reopened = settled
    .filter((after) => isClosedGoal(now.goals.get(idOf(after))?.status) !== isClosedGoal(after.status))
    .map(idOf)
    .concat(moved.map(idOfRow));
  const taskIds = idsOfKind(rows, 'task');
  const goals = [...new Set([...idsOfKind(rows, 'goal'), ...settled.map(idOf)])];
  const recounted = [...new Set([...taskIds, ...edges.dependents.map((edge) => edge.taskId), ...dependentsOf(plan)])];
  const { taskImages, goalImages } = await run({
    settled: step(rewriteGoals, { workspaceId, goals: asJson(settled), ids: settled.map(idOf) }),
    locked: step(lockTasksOfGoals, { workspaceId, goalIds: reopened }),
    recounted: step(recountTasks, { workspaceId, taskIds: recounted, goalIds: reopened }),
    taskImages: step(listTaskImages, { workspaceId, taskIds }),
    goalImages: step(listGoalImages, { workspaceId, goalIds: goals }),
  });
  const after = imagesById([...taskImages, ...goalImages]);
  const own = new Set(idsOfKind(rows, 'goal'));
  const followed = goals.filter((id) => !own.has(id)).flatMap((id) => followedEvent(id, now, after));
  const events = [...rows.map((row) => eventOf(row, now, after)), ...followed];
  await run({
    events: step(recordEvents, { ...recording, events: asJson(events) }),
    ...followGoals(workspaceId, goals),
    ...labelsAgain(workspaceId, rows),
    starts: step(moveReadyStartsBack.call, { workspaceId, taskIds: recounted, goalIds: reopened }),
    ...searchedGoals(workspaceId, wordsAgain<SearchedGoal>(rows, 'goal', after)),
    taskWords: taskWords(workspaceId, wordsAgain<SearchedTask>(rows, 'task', after)),
  });
}

/** Rows that were there before and come back, or have one of these columns back. */
function rowsAgain(rows: readonly UndoneRow[], kind: UndoneRow['kind'], columns: readonly string[]): UndoneRow[] {
  return rows
    .filter((row) => row.kind === kind && row.was)
    .filter((row) => isComing(row) || columns.some((column) => isChanged(row, column)));
}

/** Their labels as they are, by which they are found. */
function labelsAgain(workspaceId: number, rows: readonly UndoneRow[]) {
  const taskIds = rowsAgain(rows, 'task', ['labels', 'priority', 'status']).map(({ id }) => id);
  const goalIds = rowsAgain(rows, 'goal', ['labels']).map(({ id }) => id);
  return {
    oldLabels: taskIds.length > 0 ? step(deleteTaskLabels, { workspaceId, taskIds }) : undefined,
    newLabels: taskIds.length > 0 ? step(insertTaskLabels, { workspaceId, taskIds }) : undefined,
    oldGoalLabels: goalIds.length > 0 ? step(deleteGoalLabels, { workspaceId, goalIds }) : undefined,
    newGoalLabels: goalIds.length > 0 ? step(insertGoalLabels, { workspaceId, goalIds }) : undefined,
  };
}

/** Their texts as they are, and so their words. */
function wordsAgain<T>(rows: readonly UndoneRow[], kind: UndoneRow['kind'], after: ReadonlyMap<string, Image>): T[] {
  const texts = ['description', 'jira_ticket', 'repo', 'repos', 'criteria', 'result'];
  return rowsAgain(rows, kind, texts).flatMap((row) => (after.get(row.id) ?? []) as T);
}

const idOfRow = (row: UndoneRow) => row.id;
const idOf = (image: Image) => String(image.id);
const idsOfKind = (rows: readonly UndoneRow[], kind: UndoneRow['kind']) =>
  rows.filter((row) => row.kind === kind).map((row) => row.id);

/** The goals that come back, or go back to another parent. */
function movedGoals(rows: readonly UndoneRow[]): UndoneRow[] {
  return rows.filter(
    (row) => row.kind === 'goal' && (isComing(row) || (isChanging(row) && isChanged(row, 'parent_goal_id'))),
  );
}

/** The statements that write all but what the goals' tasks decide, and the tasks that wait for more than before. */
function writes(plan: UndoPlan, workspaceId: number) {
  const { rows, edges, now, clock, highest } = plan;
  const tasks = rows.filter((row) => row.kind === 'task');
  const goals = rows.filter((row) => row.kind === 'goal');
  const changed = tasks.filter(isChanging).map((row) => restoredTask(row, now.tasks.get(row.id) ?? {}, clock));
  const comingTasks = tasks.filter(isComing);
  const returned = comingTasks.map((row) => returnedTask(row, highest.get(row.id) ?? noHistory, clock));
  const returnedGoals = goals
    .filter(isComing)
    .map((row) => returnedGoal(row, (highest.get(row.id) ?? noHistory).revision));
  const goneNotes = rows.filter((row) => row.kind === 'note' && isGoing(row)).map((row) => Number(row.id));
  const images = changed.map(({ image }) => image);
  const moved = changed.filter(({ movesClaim }) => movesClaim).map(({ image }) => idOf(image));
  const returning = new Set(comingTasks.map(idOfRow));
  const coming = comingEdges(edges).filter(({ taskId }) => now.tasks.has(taskId) || returning.has(taskId));
  const back = placed(coming, stayingEdges(plan, coming));
  const notes = comingNotes(rows);
  const steps = {
    goneNotes: step(deleteNotes, { workspaceId, ids: goneNotes }),
    comingGoals: step(restoreGoals, { workspaceId, goals: asJson(returnedGoals) }),
    movedClaims: step(deleteClaims, { workspaceId, taskIds: moved }),
    changedTasks: step(rewriteTasks, { workspaceId, tasks: asJson(images), ids: images.map(idOf) }),
    comingTasks: step(restoreTasks, { workspaceId, tasks: asJson(returned.map(({ image }) => image)) }),
    claims: step(restoreClaims, {
      workspaceId,
      claims: asJson([...changed, ...returned].flatMap(({ claim }) => claim ?? [])),
    }),
    goingEdges: step(deleteDependencies, { workspaceId, ...edgeLists(edges.going) }),
    comingEdges: step(restoreDependencies, { workspaceId, ...edgeLists(back), places: back.map((edge) => edge.place) }),
    comingNotes: step(restoreNotes, { workspaceId, notes: asJson(notes) }),
    noteWords: noteWords(workspaceId, notes as unknown as SearchedNote[]),
    followingNotes: step(followTasks, { workspaceId, taskIds: tasks.filter((row) => row.was).map((row) => row.id) }),
    movedGoals: step(moveGoals, {
      workspaceId,
      ids: movedGoals(rows).map(idOfRow),
      parents: movedGoals(rows).map((row) => parentBefore(row) ?? ''),
    }),
    goingTasks: step(deleteTasks, { workspaceId, taskIds: tasks.filter(isGoing).map((row) => row.id) }),
    goingGoals: step(deleteGoals, { workspaceId, goalIds: goals.filter(isGoing).map((row) => row.id) }),
  };
  return { steps, waiting: [...new Set(back.map((edge) => edge.taskId))] };
}

/** The goals whose tasks are counted otherwise, and those that get back what was theirs. */
function settledGoalIds({ rows, wanted }: UndoPlan): string[] {
  const changing = rows.filter((row) => row.kind === 'goal' && row.was).map((row) => row.id);
  return [...new Set([...wanted.map((each) => each.goal_id), ...changing])];
}

/** The goals as they are to be: with what was theirs, their counts, and the status that follows. */
function settle(
  { rows, wanted }: UndoPlan,
  { tasks, subGoals }: { tasks: Counts; subGoals: Counts },
  current: ReadonlyMap<string, Image>,
): Image[] {
  const own = new Map(rows.filter((row) => row.kind === 'goal').map((row) => [row.id, row]));
  const wantedById = new Map(wanted.map((each) => [each.goal_id, each]));
  const settled = new Map<string, Image>();
  for (const [id, image] of subGoalsFirst(current)) {
    const row = own.get(id);
    const restored = row !== undefined && isChanging(row) ? restoredGoal(row, image) : image;
    const [ofTasks, ofOthers] = [countOf(tasks, id), countOf(subGoals, id)];
    const among = [...settled.values()].filter((each) => each.parent_goal_id === id);
    const counts = {
      total_tasks: ofTasks.total,
      open_tasks: ofTasks.open,
      total_goals: ofOthers.total + among.length,
      open_goals: ofOthers.open + among.filter((each) => !isClosedGoal(each.status)).length,
    };
    const wish = wantedById.get(id);
    // of a goal that only stands above others nothing follows where nothing moves
    const stays = row === undefined && wish?.status == null && same(counts, pickCounts(image));
    const status = stays
      ? (image.status ?? null)
      : statusAfterUndo(String(image.status), wish, {
          total: counts.total_tasks + counts.total_goals,
          open: counts.open_tasks + counts.open_goals,
        });
    settled.set(id, { ...restored, status, ...counts });
  }
  return [...settled.values()].filter((image) => own.has(idOf(image)) || !same(image, current.get(idOf(image))));
}

type Counts = { goal_id: string; total: number; open: number }[];

function countOf(counts: Counts, id: string): { total: number; open: number } {
  return counts.find((row) => row.goal_id === id) ?? { total: 0, open: 0 };
}

function pickCounts({ total_tasks, open_tasks, total_goals, open_goals }: Image): Image {
  return { total_tasks, open_tasks, total_goals, open_goals } as Image;
}

/** Goals, each after those of them that are below it. Their parents are those that they are to have. */
function subGoalsFirst(goals: ReadonlyMap<string, Image>): [string, Image][] {
  const depth = (image: Image | undefined): number =>
    image === undefined ? 0 : 1 + depth(goals.get(String(image.parent_goal_id)));
  return [...goals].toSorted(([, a], [, b]) => depth(b) - depth(a));
}

/** Notes that were taken back, and those of goals and tasks that come back, each once. */
function comingNotes(rows: readonly UndoneRow[]): Image[] {
  const notes = rows.filter((row) => row.kind === 'note');
  const own = new Set(notes.map((row) => row.id));
  const withRows = rows
    .filter((row) => row.kind !== 'note' && row.was && row.removed !== null)
    .flatMap((row) => (row.removed?.notes ?? []) as Image[])
    .filter((note) => !own.has(String(note.id)));
  return [...notes.filter(isComing).map((row) => row.first), ...withRows];
}

/** The tasks that depend on those that come or go: what they wait for is counted again. */
function dependentsOf({ rows, now }: UndoPlan): string[] {
  return rows
    .filter((row) => row.kind === 'task')
    .flatMap((row) => ((now.tasks.get(row.id)?.dependents ?? []) as { task_id: string }[]).map((each) => each.task_id));
}

function edgeLists(edges: readonly { taskId: string; dependsOnId: string }[]) {
  return { taskIds: edges.map((edge) => edge.taskId), dependsOnIds: edges.map((edge) => edge.dependsOnId) };
}

/** One event a row, which says what operations it takes back there; a row that came and went has one all the same. */
function eventOf(row: UndoneRow, now: Surroundings, after: ReadonlyMap<string, Image>): NewEvent {
  const undoes = row.operations;
  if (row.kind === 'note') {
    const subject = { action: 'note_undone', goal_id: row.goalId, task_id: row.taskId, undoes };
    return row.was
      ? { ...subject, before: null, after: isComing(row) ? row.first : null }
      : { ...subject, before: isNoteThere(row, now) ? row.last : null, after: null };
  }
  const images = row.kind === 'task' ? now.tasks : now.goals;
  const subject = { kind: row.kind, id: row.id, action: 'undone' };
  const event = changeOf(subject, images.get(row.id) ?? null, after.get(row.id) ?? null);
  return { ...event, goal_id: event.goal_id || row.goalId, undoes };
}

function followedEvent(id: string, now: Surroundings, after: ReadonlyMap<string, Image>): NewEvent[] {
  const [before, is] = [now.goals.get(id), after.get(id)];
  if (before === undefined || is === undefined || before.status === is.status) return [];
  return [changeOf({ kind: 'goal', id, action: 'followed' }, before, is)];
}

/** A note may be gone already, with what it was on. */
function isNoteThere(row: UndoneRow, now: Surroundings): boolean {
  const target = row.taskId === null ? now.goals.get(row.goalId) : now.tasks.get(row.taskId);
  return ((target?.notes ?? []) as Image[]).some((note) => String(note.id) === row.id);
}
