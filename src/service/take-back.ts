import { describeClaim } from '../domain/claims.ts';
import { type Criterion, loosened, onlyAPerson, unmetOf } from '../domain/criteria.ts';
import { GoalAgentError, PersonNeededError } from '../domain/errors.ts';
import { type Image, imagesById } from '../domain/event.ts';
import { describeCycle } from '../domain/graph/describe-cycle.ts';
import { findShortestCycle } from '../domain/graph/find-shortest-cycle.ts';
import { undoneEdges } from '../domain/undo/edges.ts';
import { type GoalEvent, wantedGoals } from '../domain/undo/goals.ts';
import { withMovedCounts } from '../domain/undo/moved-counts.ts';
import { findObstacles, type Obstacle, type Surroundings } from '../domain/undo/obstacles.ts';
import { type Conflict, describeConflicts, inEffect, type LaterEvent } from '../domain/undo/operations.ts';
import {
  goalBefore,
  isChanged,
  isChanging,
  isGoing,
  movesCounts,
  movesState,
  type PastEvent,
  type UndoneRow,
  undoneRows,
} from '../domain/undo/rows.ts';
import { type Run, step } from '../store/database.ts';
import type { Row } from '../store/statement.ts';
import { findObstacleEvents } from '../store/statements/find-obstacle-events.ts';
import { listReachEdges } from '../store/statements/find-paths.ts';
import { listGoalImages, listTaskImages } from '../store/statements/list-images.ts';
import {
  listEventsOfGoals,
  type listEventsOfOperations,
  listLaterEventsOfTasks,
} from '../store/statements/list-undo-events.ts';
import { listTaskIdsOfGoals, lockTasksForUndo, readClock } from '../store/statements/list-undo-surroundings.ts';
import { lockGoals } from '../store/statements/lock-goals.ts';
import type { Call, Recording } from './call.ts';
import { isPerson } from './caller.ts';
import { type UndoPlan, writeUndo } from './write-undo.ts';

// Taking operations back, inside a transaction that holds the exclusive graph lock. docs/decisions/undo.md has the rules.

export interface Taking {
  operations: number[];
  /** Those whose claims are not in the way. A person takes back what any agent holds at this moment. */
  holders: readonly string[] | 'all';
  /** All that the operations did. */
  events: Row<typeof listEventsOfOperations>[];
}

/** Dependencies that are looked at for a cycle. */
const mostEdges = 2_000_000;

/**
 * What taking these operations back comes to, with all rows that it changes locked.
 * @throws GoalAgentError `conflict`, which names all that is in the way.
 */
export async function planUndo(run: Run, call: Call, taking: Taking): Promise<UndoPlan> {
  const { workspaceId } = call.store;
  const set = { workspaceId, operations: taking.operations };
  const events = taking.events as PastEvent[];
  const rows = undoneRows(events);
  const edges = undoneEdges(events, rows);
  const tasks = rows.filter((row) => row.kind === 'task');
  const taskIds = idsOf([
    ...tasks.map((row) => row.id),
    ...rows.map((row) => row.taskId),
    ...[...edges.coming, ...edges.going, ...edges.dependents].flatMap((edge) => [edge.taskId, edge.dependsOnId]),
  ]);
  const goalIds = idsOf([...events.map((event) => event.goal_id), ...tasks.map(goalBefore)]);
  const going = rows.filter((row) => row.kind === 'goal' && isGoing(row)).map((row) => row.id);
  const fromSeq = events[0]?.seq ?? 0;
  const { taskImages, goalImages, tasksOfGoing, later, goalEvents, clock } = await run({
    lockedTasks: step(lockTasksForUndo, { workspaceId, taskIds }),
    lockedGoals: step(lockGoals, { workspaceId, goalIds }),
    taskImages: step(listTaskImages, { workspaceId, taskIds }),
    goalImages: step(listGoalImages, { workspaceId, goalIds }),
    tasksOfGoing: step(listTaskIdsOfGoals, { workspaceId, goalIds: going }),
    later: step(listLaterEventsOfTasks, { ...set, taskIds: idsOf(rows.map((row) => row.taskId ?? row.id)), fromSeq }),
    goalEvents: step(listEventsOfGoals, { workspaceId, goalIds }),
    clock: step(readClock, {}),
  });
  const now: Surroundings = { tasks: imagesById(taskImages), goals: imagesById(goalImages), tasksOfGoing };
  const clockNow = clock[0]?.now ?? '';
  refuseHeld(rows, now, taking, clockNow);
  if (!isPerson(call)) refuseLoosening(rows, now);
  const ownEvents = withMovedCounts(goalEvents.filter((event) => event.note_id === null).map(goalEventOf), events);
  const goals = wantedGoals(goalsConcerned(rows), ownEvents, new Set(taking.operations));
  const obstacles = findObstacles({ events, rows, edges, now });
  const conflicts = [
    ...laterConflicts(rows, later, goalEvents),
    ...(await conflictsOf(run, set, obstacles)),
    ...goals.conflicts,
  ];
  refuseConflicts(conflicts, taking);
  return { events, rows, edges, now, clock: clockNow, wanted: goals.wanted, highest: highestOf(later, goalEvents) };
}

/** Writes it, refuses what would close a cycle, and records it under the number of the undo's operation. */
export async function takeBackWithin(run: Run, plan: UndoPlan, recording: Recording): Promise<void> {
  const { workspaceId } = recording;
  await writeUndo(run, recording, plan, async (waiting) => {
    const { edges } = await run({ edges: step(listReachEdges, { workspaceId, taskIds: waiting, limit: mostEdges }) });
    refuseCycle(waiting, edges);
  });
}

function idsOf(ids: readonly (string | null)[]): string[] {
  return [...new Set(ids.filter((id) => id !== null))];
}

/** Those whose tasks are counted otherwise afterwards. */
function goalsConcerned(rows: UndoneRow[]): Set<string> {
  return new Set(rows.filter(movesCounts).flatMap((row) => [goalBefore(row), row.goalId]));
}

/** Who holds a task by a lease that runs is not surprised by another agent's undo. */
function refuseHeld(rows: UndoneRow[], now: Surroundings, { holders }: Taking, clock: string): void {
  if (holders === 'all') return;
  for (const row of rows.filter(movesState)) {
    const { claimed_by, lease_expires_at } = now.tasks.get(row.id) ?? {};
    if (typeof claimed_by !== 'string' || holders.includes(claimed_by)) continue;
    if (Date.parse(String(lease_expires_at)) <= Date.parse(clock)) continue;
    throw new GoalAgentError(
      'conflict',
      `Nothing was undone: ${describeClaim(row.id, claimed_by, String(lease_expires_at))}; wait for it, or ask for it to be released.`,
    );
  }
}

/** What only a person changes, only a person takes back. */
function refuseLoosening(rows: UndoneRow[], now: Surroundings): void {
  for (const row of rows.filter(isChanging)) {
    if (row.kind === 'task' && isChanged(row, 'criteria')) {
      const loose = loosened(criteriaIn(now.tasks.get(row.id)), criteriaIn(row.first));
      if (loose.length > 0) throw onlyAPerson(row.id, loose);
    }
    if (row.kind === 'task' && isChanged(row, 'goal_id') && leavesStrict(row, now)) {
      throw new PersonNeededError(
        `Nothing was undone: ${row.id} would leave a strict goal, and a person has yet to meet a criterion of it.`,
      );
    }
    if (row.kind === 'goal' && row.first.strict === false && now.goals.get(row.id)?.strict === true) {
      throw new PersonNeededError(`Nothing was undone: only a person takes strict away from ${row.id}.`);
    }
  }
}

/** Whether a task goes back to a goal that is not strict, while a person's word is missing. */
function leavesStrict(row: UndoneRow, now: Surroundings): boolean {
  const task = now.tasks.get(row.id);
  const isStrict = (goalId: string) => now.goals.get(goalId)?.strict === true;
  const waits = unmetOf(criteriaIn(task)).some(({ human }) => human === true);
  return waits && isStrict(String(task?.goal_id)) && !isStrict(goalBefore(row));
}

/** The image of a task as it was before there were criteria has none. */
function criteriaIn(image: Image | undefined): Criterion[] {
  return (image?.criteria ?? []) as unknown as Criterion[];
}

type TaskEvents = Row<typeof listLaterEventsOfTasks>[];
type GoalEvents = Row<typeof listEventsOfGoals>[];

/** Changes of the same tasks and notes by others that are still in effect; a row that came and went is only looked at now. */
function laterConflicts(rows: UndoneRow[], tasks: TaskEvents, goals: GoalEvents): Conflict[] {
  const ofRow = new Map<string, LaterEvent[]>();
  for (const event of [...tasks, ...goals]) {
    const key = event.note_id === null ? ('task_id' in event ? `task ${event.task_id}` : '') : `note ${event.note_id}`;
    const full = { ...event, task_id: 'task_id' in event ? event.task_id : null };
    if (key !== '') ofRow.set(key, [...(ofRow.get(key) ?? []), full]);
  }
  return rows
    .filter((row) => row.kind !== 'goal' && (row.kind === 'note' || row.was || row.isThere))
    .flatMap((row) => {
      const later = ofRow.get(`${row.kind} ${row.id}`) ?? [];
      return inEffect(later.filter((event) => event.seq > row.firstSeq && !row.operations.includes(event.operation)));
    });
}

function goalEventOf(event: GoalEvents[number]): Omit<GoalEvent, 'moved_total' | 'moved_open'> {
  const { goal_id, action, before, after, ...fields } = event;
  const state = (value: unknown) => value as GoalEvent['before'];
  return { ...fields, id: goal_id, action, follows: action === 'followed', before: state(before), after: state(after) };
}

async function conflictsOf(
  run: Run,
  set: { workspaceId: number; operations: number[] },
  obstacles: Obstacle[],
): Promise<Conflict[]> {
  if (obstacles.length === 0) return [];
  const listed = obstacles.map(({ id: _, ...fields }, place) => ({ place, ...fields }));
  const { found } = await run({ found: step(findObstacleEvents, { ...set, obstacles: listed }) });
  const byPlace = new Map(found.map(({ place, ...conflict }) => [place, conflict]));
  return obstacles.map(({ id }, place) => {
    const conflict = byPlace.get(place);
    if (conflict !== undefined) return conflict;
    throw new GoalAgentError(
      'conflict',
      `${id} has changed in a way that the history does not record; nothing was undone. get_history shows what is known.`,
    );
  });
}

function refuseConflicts(conflicts: Conflict[], { holders }: Taking): void {
  if (conflicts.length === 0) return;
  const isOperator = holders === 'all';
  const named = describeConflicts(conflicts, isOperator ? conflicts.length : undefined);
  const advice = isOperator
    ? 'Take that back first, or choose another time'
    : 'Take that back first, by its event_id, or leave it all as it is';
  throw new GoalAgentError('conflict', `Nothing was undone: the same rows were changed since, by ${named}. ${advice}.`);
}

/** The highest revision and fence that the events of others know of, for each row. */
function highestOf(tasks: TaskEvents, goals: GoalEvents): UndoPlan['highest'] {
  const highest: UndoPlan['highest'] = new Map();
  const raise = (id: string, revision: number | null, fence: number | null) => {
    const before = highest.get(id) ?? { revision: 0, fence: 0 };
    highest.set(id, {
      revision: Math.max(before.revision, revision ?? 0),
      fence: Math.max(before.fence, fence ?? 0),
    });
  };
  for (const event of tasks) if (event.note_id === null) raise(event.task_id, event.revision, event.fence);
  for (const event of goals) if (event.note_id === null) raise(event.goal_id, event.revision, null);
  return highest;
}

/** What comes back may meet dependencies that were added since. */
function refuseCycle(waiting: string[], rows: Row<typeof listReachEdges>[]): void {
  const edges = rows.map((row) => ({ taskId: row.task_id, dependsOnId: row.depends_on_id }));
  const ids = [...new Set([...waiting, ...edges.flatMap((edge) => [edge.taskId, edge.dependsOnId])])];
  const cycle = findShortestCycle(ids, edges);
  if (cycle === undefined) return;
  throw new GoalAgentError(
    'conflict',
    `Nothing was undone: these tasks would wait for each other: ${describeCycle(cycle)}. Take one of the dependencies that were added since out first.`,
  );
}
