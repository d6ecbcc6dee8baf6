import { type Conflict, inEffect, type LaterEvent } from './operations.ts';

/** How a goal stood: its status, and how many tasks it had, and open ones. */
export interface GoalState {
  status: string;
  total: number;
  open: number;
}

/**
 * A goal's own event. `follows`: it only followed from the goal's tasks. Of the first that is taken back, `moved_total`
 * and `moved_open`: by how much what is taken back, too, had moved the goal's counts until then.
 */
export interface GoalEvent extends Omit<LaterEvent, 'goal_id' | 'task_id'> {
  id: string;
  follows: boolean;
  before: GoalState | null;
  after: GoalState | null;
  moved_total: number;
  moved_open: number;
}

/**
 * The status that a goal is to have after an undo (null: the one that it has), and how many tasks it had when it got
 * that: where that means the same as how many it has now, nothing follows.
 */
export interface WantedGoal {
  place: number;
  goal_id: string;
  status: string | null;
  total: number;
  open: number;
}

/**
 * What becomes of the status of goals when operations are taken back. `concerned` are those whose tasks are counted
 * otherwise then; `events` are the own events of all goals that the operations are about, each goal's from first to last.
 *
 * A status that followed from tasks is no change that anybody made: where nothing moved the goal's status since, it is
 * again what it was; where something did, it stays, and what follows from the tasks is looked at again.
 */
export function wantedGoals(
  concerned: ReadonlySet<string>,
  events: readonly GoalEvent[],
  operations: ReadonlySet<number>,
): { wanted: WantedGoal[]; conflicts: Conflict[] } {
  const conflicts: Conflict[] = [];
  const wanted: WantedGoal[] = [];
  const goals = byGoal(events);
  // of a goal without a history only the rule can tell
  for (const id of concerned) goals.set(id, goals.get(id) ?? []);
  for (const [id, own] of goals) {
    const taken = own.filter((event) => operations.has(event.operation));
    const [first] = taken;
    if (first === undefined && !concerned.has(id)) continue;
    const since = first === undefined ? own : own.slice(own.indexOf(first));
    const later = inEffect(since.filter((event) => !operations.has(event.operation)));
    // a goal that came and went is only looked at now
    const isTouched =
      taken.some((event) => !event.follows) && !(first?.before === null && taken.at(-1)?.after === null);
    if (isTouched) {
      const others = later.filter((event) => !event.follows);
      conflicts.push(...others.map((event) => ({ ...event, goal_id: id, task_id: null })));
    }
    const then = stateOf(own, first, later);
    if (then !== undefined) wanted.push({ place: wanted.length, goal_id: id, ...then });
  }
  return { wanted, conflicts };
}

function byGoal(events: readonly GoalEvent[]): Map<string, GoalEvent[]> {
  const goals = new Map<string, GoalEvent[]>();
  for (const event of events) goals.set(event.id, [...(goals.get(event.id) ?? []), event]);
  for (const [id, own] of goals) {
    const operations = new Set(own.map((event) => event.operation));
    goals.set(
      id,
      own.map((event) => ({ ...event, undoes: undoneHere(event, operations) })),
    );
  }
  return goals;
}

/** Of an undo from which a status followed: what it took back that moved the status, too. */
function undoneHere({ undoes, follows }: GoalEvent, operations: ReadonlySet<number>): number[] | null {
  if (undoes === null || !follows) return undoes;
  const here = undoes.filter((operation) => operations.has(operation));
  return here.length > 0 ? here : null;
}

/** Undefined for a goal that goes. */
function stateOf(
  own: GoalEvent[],
  first: GoalEvent | undefined,
  later: GoalEvent[],
): Omit<WantedGoal, 'place' | 'goal_id'> | undefined {
  const moved = later.findLast((event) => first === undefined || movesStatus(event));
  if (moved !== undefined) return moved.after === null ? undefined : { ...moved.after, status: null };
  if (first === undefined) return { status: null, total: 0, open: 0 };
  const earlier = inEffect(own.slice(0, own.indexOf(first)));
  return stateBefore(first, earlier.findLast(movesStatus));
}

/** How the goal stood without anything that is taken back; `given` is the event that had given it its status. */
function stateBefore(first: GoalEvent, given: GoalEvent | undefined): GoalState | undefined {
  if (first.before === null) return undefined;
  const { status } = first.before;
  const total = first.before.total - first.moved_total;
  const open = first.before.open - first.moved_open;
  // it completed by itself, and perhaps because of what is taken back
  if (status === 'completed' && first.moved_open < 0 && given?.after?.open === 0) return { status, total, open: 0 };
  return { status, total, open };
}

function movesStatus({ before, after }: GoalEvent): boolean {
  return before?.status !== after?.status;
}

/**
 * The status of a goal after an undo: the one that it is to have, or has, unless its tasks stand otherwise than when it got
 * that. Then the rule of docs/states.md has the last word: nothing left to do completes it, something to do opens it.
 */
export function statusAfterUndo(
  current: string,
  wanted: Pick<WantedGoal, 'status' | 'total' | 'open'> | undefined,
  now: { total: number; open: number },
): string {
  const status = wanted?.status ?? current;
  const then = { total: wanted?.total ?? 0, open: wanted?.open ?? 0 };
  const isActive = status === 'planned' || status === 'in_progress';
  if (status === 'planned' && now.open > 0 && then.total === 0) return 'in_progress';
  if (isActive && (then.open > 0 || then.total === 0) && now.open === 0 && now.total > 0) return 'completed';
  if (status === 'completed' && then.open === 0 && now.open > 0) return 'in_progress';
  return status;
}
