import type { Image } from '../event.ts';
import { edgesIn, type PlacedEdge, type UndoneEdges } from './edges.ts';
import {
  goalBefore,
  isChanged,
  isChanging,
  isComing,
  isGoing,
  type PastEvent,
  parentBefore,
  type UndoneRow,
} from './rows.ts';

/** The present rows that an undo meets. */
export interface Surroundings {
  /** With the dependents, the notes and the claim of each task. */
  tasks: ReadonlyMap<string, Image>;
  /** With their own notes. */
  goals: ReadonlyMap<string, Image>;
  /** The tasks of goals that would go. */
  tasksOfGoing: readonly { id: string; goal_id: string }[];
  /** The sub-goals of goals that would go. */
  subGoalsOfGoing: readonly { id: string; parent_goal_id: string }[];
}

/**
 * An obstacle of an undo, apart from later changes of the rows themselves. `id` is the row that has changed since; the
 * other fields say how to find the event that changed it.
 */
export interface Obstacle {
  id: string;
  kind: 'joined' | 'nested' | 'depends' | 'noted' | 'gone' | 'changed';
  task_id: string | null;
  goal_id: string | null;
  other: string | null;
}

interface Undoing {
  events: readonly PastEvent[];
  rows: readonly UndoneRow[];
  edges: UndoneEdges;
  now: Surroundings;
}

/**
 * Tasks, dependents and notes that were added to rows that would go; goals and dependencies that are gone; rows that no
 * longer exist, or exist again.
 */
export function findObstacles(undoing: Undoing): Obstacle[] {
  return [
    ...addedTasks(undoing),
    ...addedSubGoals(undoing),
    ...addedDependents(undoing),
    ...addedNotes(undoing),
    ...missing(undoing),
    ...comeOrGone(undoing),
  ];
}

const ofKind = (rows: readonly UndoneRow[], kind: UndoneRow['kind']) => rows.filter((row) => row.kind === kind);
const idsOf = (rows: readonly UndoneRow[]) => new Set(rows.map((row) => row.id));

function addedTasks({ rows, now }: Undoing): Obstacle[] {
  const tasks = new Map(ofKind(rows, 'task').map((row) => [row.id, row]));
  return now.tasksOfGoing
    .filter(({ id, goal_id }) => {
      const row = tasks.get(id);
      return row === undefined || (row.was && goalBefore(row) === goal_id);
    })
    .map(({ id, goal_id }) => ({ id: goal_id, kind: 'joined', task_id: id, goal_id: null, other: goal_id }));
}

function addedSubGoals({ rows, now }: Undoing): Obstacle[] {
  const goals = new Map(ofKind(rows, 'goal').map((row) => [row.id, row]));
  return now.subGoalsOfGoing
    .filter(({ id }) => {
      const row = goals.get(id);
      return row === undefined || (row.was && !isChanged(row, 'parent_goal_id'));
    })
    .map(({ id, parent_goal_id }) => ({
      id: parent_goal_id,
      kind: 'nested',
      task_id: null,
      goal_id: id,
      other: parent_goal_id,
    }));
}

function addedDependents({ events, rows, edges, now }: Undoing): Obstacle[] {
  const going = idsOf(ofKind(rows, 'task').filter(isGoing));
  const pair = (edge: Pick<PlacedEdge, 'taskId' | 'dependsOnId'>) => `${edge.taskId} ${edge.dependsOnId}`;
  const expected = new Set(edges.going.map(pair));
  for (const { task_id, after } of events) {
    for (const { task_id: taskId } of listIn(after, 'dependents')) {
      if (task_id !== null) expected.add(pair({ taskId: String(taskId), dependsOnId: task_id }));
    }
  }
  return [...going].flatMap((id) =>
    listIn(now.tasks.get(id), 'dependents')
      .map(({ task_id }) => String(task_id))
      .filter((taskId) => !going.has(taskId) && !expected.has(pair({ taskId, dependsOnId: id })))
      .map((taskId): Obstacle => ({ id, kind: 'depends', task_id: taskId, goal_id: null, other: id })),
  );
}

function addedNotes({ events, rows, now }: Undoing): Obstacle[] {
  const expected = idsOf(ofKind(rows, 'note'));
  for (const { after } of events) for (const { id } of listIn(after, 'notes')) expected.add(String(id));
  const going = rows.filter(isGoing);
  return going.flatMap((row) => {
    const image = row.kind === 'task' ? now.tasks.get(row.id) : row.kind === 'goal' ? now.goals.get(row.id) : undefined;
    const target = row.kind === 'task' ? { task_id: row.id, goal_id: null } : { task_id: null, goal_id: row.id };
    return listIn(image, 'notes')
      .filter(({ id }) => !expected.has(String(id)))
      .map(({ id }): Obstacle => ({ id: row.id, kind: 'noted', ...target, other: String(id) }));
  });
}

function missing({ rows, edges, now }: Undoing): Obstacle[] {
  const coming = idsOf(rows.filter((row) => row.kind !== 'note' && isComing(row)));
  const going = idsOf(ofKind(rows, 'task').filter(isGoing));
  const goingGoals = idsOf(ofKind(rows, 'goal').filter(isGoing));
  const isThere = (id: string) => now.tasks.has(id) || now.goals.has(id);
  const gone = (id: string, missingId: string): Obstacle => ({
    id,
    kind: 'gone',
    task_id: missingId.startsWith('TASK-') ? missingId : null,
    goal_id: missingId.startsWith('TASK-') ? null : missingId,
    other: null,
  });
  const goals = ofKind(rows, 'task')
    .filter((row) => isComing(row) || (isChanging(row) && isChanged(row, 'goal_id')))
    .filter((row) => !isThere(goalBefore(row)) && !coming.has(goalBefore(row)))
    .map((row) => gone(row.id, goalBefore(row)));
  const parents = ofKind(rows, 'goal')
    .filter((row) => isComing(row) || (isChanging(row) && isChanged(row, 'parent_goal_id')))
    .flatMap((row) => {
      const parent = parentBefore(row);
      const isMissing = parent !== null && (goingGoals.has(parent) || (!isThere(parent) && !coming.has(parent)));
      return isMissing ? [gone(row.id, parent)] : [];
    });
  const dependencies = edges.coming
    .filter(({ dependsOnId }) => going.has(dependsOnId) || (!coming.has(dependsOnId) && !isThere(dependsOnId)))
    .map(({ taskId, dependsOnId }) => gone(taskId, dependsOnId));
  const removed = idsOf(rows.filter((row) => row.kind !== 'note' && !row.isThere));
  const noted = ofKind(rows, 'note')
    .filter((row) => row.was !== row.isThere)
    .map((row) => row.taskId ?? row.goalId)
    .filter((id) => !removed.has(id) && !isThere(id))
    .map((id) => gone(id, id));
  return [...goals, ...parents, ...dependencies, ...noted];
}

function comeOrGone({ rows, now }: Undoing): Obstacle[] {
  return rows
    .filter((row) => row.kind !== 'note')
    .filter((row) => row.isThere !== (row.kind === 'task' ? now.tasks : now.goals).has(row.id))
    .map((row) => ({
      id: row.id,
      kind: 'changed',
      task_id: row.kind === 'task' ? row.id : null,
      goal_id: row.kind === 'goal' ? row.id : null,
      other: null,
    }));
}

function listIn(image: Image | null | undefined, key: 'dependents' | 'notes'): Image[] {
  return (image?.[key] ?? []) as Image[];
}

/** The dependencies of the present tasks, without those that the undo removes or restores. */
export function stayingEdges({ rows, edges, now }: Undoing, coming: readonly PlacedEdge[]): PlacedEdge[] {
  const going = idsOf(ofKind(rows, 'task').filter((row) => !row.was));
  const touched = new Set([...coming, ...edges.going].map(({ taskId, dependsOnId }) => `${taskId} ${dependsOnId}`));
  const taskIds = [...new Set(coming.map((edge) => edge.taskId))];
  return taskIds
    .flatMap((id) => edgesIn(id, now.tasks.get(id) ?? {}))
    .filter((edge) => !going.has(edge.dependsOnId) && !touched.has(`${edge.taskId} ${edge.dependsOnId}`));
}
