import { describeClaim } from '../domain/claims.ts';
import { GoalAgentError } from '../domain/errors.ts';
import { describeCycle } from '../domain/graph/describe-cycle.ts';
import { findShortestCycle } from '../domain/graph/find-shortest-cycle.ts';
import type { HistoryEvent } from '../domain/history-line.ts';
import { limits } from '../domain/limits.ts';
import { type Conflict, describeConflicts, inEffect } from '../domain/undo.ts';
import { type GoalEvent, type WantedGoal, wantedGoals } from '../domain/undone-goals.ts';
import { type Run, step } from '../store/database.ts';
import type { Row } from '../store/statement.ts';
import { allowNestedLoops } from '../store/statements/allow-nested-loops.ts';
import { listReachEdges } from '../store/statements/find-paths.ts';
import { listHistoryOfOperation } from '../store/statements/list-history.ts';
import { listSearchedGoals, listSearchedTasks } from '../store/statements/list-searched.ts';
import { listGoalEvents, listLaterEvents, listObstacles, listUndone } from '../store/statements/list-undone.ts';
import { lockTasksOfGoals } from '../store/statements/lock-tasks.ts';
import { lockUndoneGoals, lockUndoneTasks } from '../store/statements/lock-undone.ts';
import { recountTasks } from '../store/statements/recount-tasks.ts';
import { undoAddedDependencies, undoRemovedDependencies } from '../store/statements/undo-dependencies.ts';
import { undoGoalChanges, undoGoalCreations, undoGoalDeletions } from '../store/statements/undo-goals.ts';
import { recordReturnedNotes, undoAddedNotes, undoRemovedNotes } from '../store/statements/undo-notes.ts';
import {
  recordReturnedTasks,
  undoNoteMoves,
  undoTaskChanges,
  undoTaskCreations,
  undoTaskDeletions,
} from '../store/statements/undo-tasks.ts';
import { goalWords, noteWords, taskWords } from '../store/write-words.ts';
import type { Call } from './call.ts';
import { historyEvent, textLimit } from './history.ts';

// Taking operations back, inside a transaction that holds the exclusive graph lock. docs/decisions/undo.md has the rules.

type UndoneRow = Row<typeof listUndone>;

export interface Taking {
  operations: number[];
  /** The first of the numbers of its events. */
  seq: number;
  /** Those whose claims are not in the way. A person takes back what any agent holds at this moment. */
  holders: readonly string[] | 'all';
}

/** Dependencies that are looked at for a cycle. */
const mostEdges = 2_000_000;

/** Takes all of these operations back and gives the first events of it; or, with an error that says why, none. */
export async function takeBackWithin(run: Run, call: Call, taking: Taking): Promise<HistoryEvent[]> {
  const { workspaceId } = call.store;
  const { operations } = taking;
  const set = { workspaceId, operations };
  const [, , , rows, later, obstacles, goalEvents] = await run([
    // rows are looked up by keys, all at once, and then put together
    step(allowNestedLoops, { allowed: false }),
    step(lockUndoneTasks, set),
    step(lockUndoneGoals, set),
    step(listUndone, set),
    step(listLaterEvents, set),
    step(listObstacles, set),
    step(listGoalEvents, set),
  ] as const);
  refuseHeld(rows, taking);
  const goals = wantedGoals(goalsConcerned(rows), goalEvents as unknown as GoalEvent[], new Set(operations));
  refuseConflicts([...laterConflicts(later), ...obstacles.map(obstacleOf), ...goals.conflicts], taking);
  const moved = await write(run, call, { taking, rows, wanted: goals.wanted });
  return finish(run, call, { taking, rows, moved });
}

/** Those whose tasks are counted otherwise afterwards. */
function goalsConcerned(rows: UndoneRow[]): Set<string> {
  const named = rows
    .filter((row) => row.moves_counts)
    .flatMap((row) => [row.goal_id_before, row.goal_id_after, row.goal_id]);
  return new Set(named.filter((id) => id !== null));
}

/** Who holds a task by a lease that runs is not surprised by another agent's undo. */
function refuseHeld(rows: UndoneRow[], { holders }: Taking): void {
  if (holders === 'all') return;
  const held = rows.find((row) => row.holder !== null && !holders.includes(row.holder) && row.moves_state);
  if (held === undefined) return;
  throw new GoalAgentError(
    'conflict',
    `Nothing was undone: ${describeClaim(held.id ?? '', held.holder, held.lease_expires_at)}; wait for it, or ask for it to be released.`,
  );
}

/** Changes of the same rows by others that are still in effect. */
function laterConflicts(later: Row<typeof listLaterEvents>[]): Conflict[] {
  const byRow = new Map<string, Row<typeof listLaterEvents>[]>();
  for (const event of later) {
    const row = `${event.kind} ${event.id}`;
    byRow.set(row, [...(byRow.get(row) ?? []), event]);
  }
  return [...byRow.values()].flatMap((events) => inEffect(events));
}

function obstacleOf({ id, seq, actor, action, goal_id, task_id }: Row<typeof listObstacles>): Conflict {
  if (seq !== null && actor !== null && action !== null && goal_id !== null)
    return { seq, actor, action, goal_id, task_id };
  throw new GoalAgentError(
    'conflict',
    `Nothing was undone: ${id} is no longer as it was left, and the history does not say why. get_history shows what is known.`,
  );
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

interface Writing {
  taking: Taking;
  rows: UndoneRow[];
  wanted: WantedGoal[];
}

/** Rows that go make room for nobody and rows that come need their goals, hence the order. Gives the goals as they are then. */
async function write(run: Run, call: Call, { taking, rows, wanted }: Writing): Promise<Row<typeof undoGoalChanges>[]> {
  const { workspaceId } = call.store;
  const { operations, seq } = taking;
  const set = { workspaceId, operations };
  const recorded = { ...set, seq, actor: call.actor };
  const taskIds = rows.flatMap((row) => (row.kind === 'task' && row.id !== null ? [row.id] : []));
  const waiting = rows.flatMap((row) => [
    ...(row.waits_again && row.id !== null ? [row.id] : []),
    ...(row.was ? row.dependents : []),
  ]);
  const [, , , , , , , notes] = await run([
    step(undoAddedNotes, recorded),
    step(undoGoalDeletions, set),
    step(undoTaskChanges, recorded),
    step(undoNoteMoves, { workspaceId, taskIds }),
    step(undoTaskDeletions, set),
    step(undoAddedDependencies, set),
    step(undoRemovedDependencies, set),
    step(undoRemovedNotes, set),
  ] as const);
  const [, , goals, , edges] = await run([
    step(undoTaskCreations, recorded),
    step(undoGoalCreations, recorded),
    step(undoGoalChanges, { ...recorded, wanted: wanted as never }),
    step(allowNestedLoops, { allowed: true }),
    // what goes is gone: a cycle through it would be none
    step(listReachEdges, { workspaceId, taskIds: waiting, limit: mostEdges }),
  ] as const);
  refuseCycle(waiting, edges);
  await writeWords(run, workspaceId, { rows, notes });
  return goals;
}

/** Rows that were there before have their texts back, and so their words. */
async function writeWords(
  run: Run,
  workspaceId: number,
  { rows, notes }: { rows: UndoneRow[]; notes: Row<typeof undoRemovedNotes>[] },
): Promise<void> {
  const returned = rows.filter((row) => row.was && row.changes_text && row.id !== null);
  const idsOf = (kind: string) => returned.filter((row) => row.kind === kind).map((row) => row.id as string);
  for (const ids of chunks(idsOf('goal'))) {
    const [goals] = await run([step(listSearchedGoals, { workspaceId, ids })] as const);
    await run([goalWords(workspaceId, goals)]);
  }
  for (const ids of chunks(idsOf('task'))) {
    const [tasks] = await run([step(listSearchedTasks, { workspaceId, ids })] as const);
    await run([taskWords(workspaceId, tasks)]);
  }
  for (const chunk of chunks(notes)) await run([noteWords(workspaceId, chunk)]);
}

function* chunks<T>(rows: T[]): Iterable<T[]> {
  for (let start = 0; start < rows.length; start += limits.updatesPerCall) {
    yield rows.slice(start, start + limits.updatesPerCall);
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

const isClosed = (status: string) => status === 'completed' || status === 'cancelled';

interface Finishing {
  taking: Taking;
  rows: UndoneRow[];
  moved: Row<typeof undoGoalChanges>[];
}

/** Counts again what is derived, and records what came back now that it is whole. */
async function finish(run: Run, call: Call, { taking, rows, moved }: Finishing): Promise<HistoryEvent[]> {
  const { workspaceId } = call.store;
  const { operations, seq } = taking;
  const recorded = { workspaceId, operations, seq, actor: call.actor };
  const goalIds = moved.filter((goal) => isClosed(goal.was) !== isClosed(goal.status)).map((goal) => goal.id);
  const taskIds = rows.flatMap((row) => [
    ...(row.kind === 'task' && row.id !== null ? [row.id] : []),
    ...row.dependents,
  ]);
  const anyone = { actor: null, since: null, secondsAgo: null, beforeAt: null, beforeSeq: null };
  const [, , , , , , events] = await run([
    step(lockTasksOfGoals, { workspaceId, goalIds }),
    step(recountTasks, { workspaceId, taskIds: [...new Set(taskIds)], goalIds }),
    step(allowNestedLoops, { allowed: false }),
    step(recordReturnedTasks, recorded),
    step(recordReturnedNotes, recorded),
    step(allowNestedLoops, { allowed: true }),
    step(listHistoryOfOperation, { workspaceId, textLimit, limit: limits.page, ...anyone, operation: seq }),
  ] as const);
  return events.map(historyEvent).toReversed();
}
