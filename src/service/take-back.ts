import { describeClaim } from '../domain/claims.ts';
import { GoalAgentError } from '../domain/errors.ts';
import { imagesById } from '../domain/event.ts';
import { describeCycle } from '../domain/graph/describe-cycle.ts';
import { findShortestCycle } from '../domain/graph/find-shortest-cycle.ts';
import { limits } from '../domain/limits.ts';
import { undoneEdges } from '../domain/undo/edges.ts';
import { type GoalEvent, wantedGoals } from '../domain/undo/goals.ts';
import { withMovedCounts } from '../domain/undo/moved-counts.ts';
import { findObstacles, type Obstacle, type Surroundings } from '../domain/undo/obstacles.ts';
import { type Conflict, describeConflicts, inEffect, type LaterEvent } from '../domain/undo/operations.ts';
import {
  goalBefore,
  isGoing,
  movesCounts,
  movesState,
  type PastEvent,
  parentsOf,
  type UndoneRow,
  undoneRows,
} from '../domain/undo/rows.ts';
import { type Run, step } from '../store/database.ts';
import type { Row } from '../store/statement.ts';
import { findObstacleEvents } from '../store/statements/find-obstacle-events.ts';
import { listReachEdges } from '../store/statements/find-paths.ts';
import { countLevelsBelow, listGoalsAbove } from '../store/statements/list-goals-above.ts';
import { listGoalImages, listTaskImages } from '../store/statements/list-images.ts';
import {
  listEventsOfGoals,
  type listEventsOfOperations,
  listLaterEventsOfTasks,
} from '../store/statements/list-undo-events.ts';
import {
  listSubGoalsOfGoals,
  listTaskIdsOfGoals,
  lockTasksForUndo,
  readClock,
} from '../store/statements/list-undo-surroundings.ts';
import { lockGoalsUpward } from '../store/statements/lock-goals.ts';
import type { Call, Recording } from './call.ts';
import { isPerson } from './caller.ts';
import { refuseLoosening } from './refuse-loosening.ts';
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
  const goalIds = idsOf([
    ...events.map((event) => event.goal_id),
    ...tasks.map(goalBefore),
    ...rows.flatMap(parentsOf),
  ]);
  const going = rows.filter((row) => row.kind === 'goal' && isGoing(row)).map((row) => row.id);
  const fromSeq = events[0]?.seq ?? 0;
  const ofGoals = (ids: string[]) => ({
    goalImages: step(listGoalImages, { workspaceId, goalIds: ids }),
    goalEvents: step(listEventsOfGoals, { workspaceId, goalIds: ids }),
  });
  const { locked, taskImages, tasksOfGoing, subGoalsOfGoing, later, clock, ...own } = await run({
    lockedTasks: step(lockTasksForUndo, { workspaceId, taskIds }),
    locked: step(lockGoalsUpward, { workspaceId, goalIds }),
    taskImages: step(listTaskImages, { workspaceId, taskIds }),
    tasksOfGoing: step(listTaskIdsOfGoals, { workspaceId, goalIds: going }),
    subGoalsOfGoing: step(listSubGoalsOfGoals, { workspaceId, goalIds: going }),
    later: step(listLaterEventsOfTasks, { ...set, taskIds: idsOf(rows.map((row) => row.taskId ?? row.id)), fromSeq }),
    clock: step(readClock, {}),
    ...ofGoals(goalIds),
  });
  // what stands above them may close or open with them
  const above = locked.map(({ id }) => id).filter((id) => !goalIds.includes(id));
  const more = above.length === 0 ? undefined : await run(ofGoals(above));
  const goalImages = [...own.goalImages, ...(more?.goalImages ?? [])];
  const goalEvents = [...own.goalEvents, ...(more?.goalEvents ?? [])];
  const now: Surroundings = {
    tasks: imagesById(taskImages),
    goals: imagesById(goalImages),
    tasksOfGoing,
    subGoalsOfGoing,
  };
  const clockNow = clock[0]?.now ?? '';
  refuseHeld(rows, now, taking, clockNow);
  if (!isPerson(call)) refuseLoosening(rows, now);
  const ownEvents = withMovedCounts(goalEvents.filter((event) => event.note_id === null).map(goalEventOf), events);
  const goals = wantedGoals(goalsConcerned(rows, locked), ownEvents, new Set(taking.operations));
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
  await writeUndo(run, recording, plan, async (waiting, moved) => {
    await refuseGoalCycle(run, workspaceId, moved);
    const { edges } = await run({ edges: step(listReachEdges, { workspaceId, taskIds: waiting, limit: mostEdges }) });
    refuseCycle(waiting, edges);
  });
}

function idsOf(ids: readonly (string | null)[]): string[] {
  return [...new Set(ids.filter((id) => id !== null))];
}

/** Those whose tasks or sub-goals are counted otherwise afterwards, or may be. */
function goalsConcerned(rows: UndoneRow[], locked: Row<typeof lockGoalsUpward>[]): Set<string> {
  const counted = rows.filter(movesCounts).flatMap((row) => [goalBefore(row), row.goalId]);
  const above = locked.flatMap(({ id, total_goals, parent_goal_id }) => [
    ...(total_goals > 0 ? [id] : []),
    ...(parent_goal_id === null ? [] : [parent_goal_id]),
  ]);
  return new Set([...counted, ...above, ...rows.flatMap(parentsOf)]);
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

/** A goal that goes back under its parent may be above it by now, or have too many levels. */
async function refuseGoalCycle(run: Run, workspaceId: number, goalIds: string[]): Promise<void> {
  if (goalIds.length === 0) return;
  const { above, below } = await run({
    above: step(listGoalsAbove, { workspaceId, goalIds }),
    below: step(countLevelsBelow, { workspaceId, goalIds }),
  });
  const levels = new Map(below.map((row) => [row.id, row.levels]));
  for (const id of goalIds) {
    const path = above.filter(({ start }) => start === id).map((row) => row.id);
    const again = path.indexOf(id, 1);
    if (again > 0) {
      throw new GoalAgentError(
        'conflict',
        `Nothing was undone: ${id} would be a part of itself: ${describeCycle(path.slice(0, again + 1))}. Move one of these goals out first.`,
      );
    }
    if (path.length + (levels.get(id) ?? 1) - 1 > limits.goalLevels) {
      throw new GoalAgentError(
        'conflict',
        `Nothing was undone: ${id} would be too deep: goals have at most ${limits.goalLevels} levels. Move a goal that is above or below it out first.`,
      );
    }
  }
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
