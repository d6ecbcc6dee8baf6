import { type Conflict, inEffect, type LaterEvent } from './operations.ts';

/** The state of a goal: its status, and the numbers of its tasks and of its open tasks. */
export interface GoalState {
  status: string;
  total: number;
  open: number;
}

/**
 * A goal's own event. `follows`: the change only followed from the goal's tasks. `moved_total` and `moved_open` belong
 * to the first event that is taken back: they are the amounts by which the other operations that are taken back had
 * moved the goal's counts until then.
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
 * The wanted status of a goal after an undo (null: its present status), and the numbers of its tasks when it got that
 * status. Where these numbers mean the same as the present ones, nothing follows from them.
 */
export interface WantedGoal {
  place: number;
  goal_id: string;
  status: string | null;
  total: number;
  open: number;
}

/**
 * The statuses of goals after operations are taken back. `concerned` are the goals whose task counts change by that.
 * `events` are the own events of all goals of the operations, each goal's from first to last.
 *
 * A status that followed from tasks is no change that anybody made. Where nothing moved the goal's status since, the
 * goal gets its earlier status back. Where something did, the status stays, and the rule for the tasks applies again.
 */
export function wantedGoals(
  concerned: ReadonlySet<string>,
  events: readonly GoalEvent[],
  operations: ReadonlySet<number>,
): { wanted: WantedGoal[]; conflicts: Conflict[] } {
  const conflicts: Conflict[] = [];
  const wanted: WantedGoal[] = [];
  const goals = byGoal(events);
  // a goal without a history has only the rule
  for (const id of concerned) goals.set(id, goals.get(id) ?? []);
  for (const [id, own] of goals) {
    const taken = own.filter((event) => operations.has(event.operation));
    const [first] = taken;
    if (first === undefined && !concerned.has(id)) continue;
    const since = first === undefined ? own : own.slice(own.indexOf(first));
    const later = inEffect(since.filter((event) => !operations.has(event.operation)));
    // only the present state of a goal counts that came and went
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

/** For an undo from which a status followed: the operations that it took back and that moved the status, too. */
function undoneHere({ undoes, follows }: GoalEvent, operations: ReadonlySet<number>): number[] | null {
  if (undoes === null || !follows) return undoes;
  const here = undoes.filter((operation) => operations.has(operation));
  return here.length > 0 ? here : null;
}

/** Undefined for a goal that the undo removes. */
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

/**
 * The state of the goal without the operations that are taken back; `given` is the event that gave the goal its status.
 */
function stateBefore(first: GoalEvent, given: GoalEvent | undefined): GoalState | undefined {
  if (first.before === null) return undefined;
  const { status } = first.before;
  const total = first.before.total - first.moved_total;
  const open = first.before.open - first.moved_open;
  // it completed by itself, and perhaps because of an operation that is taken back
  if (status === 'completed' && first.moved_open < 0 && given?.after?.open === 0) return { status, total, open: 0 };
  return { status, total, open };
}

function movesStatus({ before, after }: GoalEvent): boolean {
  return before?.status !== after?.status;
}

/**
 * The status of a goal after an undo: its wanted status, otherwise its present one, unless its tasks stand differently
 * than when it got that status. Then the rule of docs/states.md decides: no open task completes the goal, an open task
 * opens it.
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
