import { computed, signal } from '@preact/signals';
import { isClosedGoal } from '../../domain/closed-goal.ts';
import { Again } from '../state/again.ts';
import { listen, type SeenChange } from '../state/feed.ts';
import { get, wordsOf } from '../state/request.ts';
import { query } from '../state/router.ts';
import { session } from '../state/session.ts';
import { inColumns, type Shown, shownTasks } from './columns.ts';
import { planTasks, timetable } from './plan.ts';
import type { BoardGoal, BoardTask, Kin } from './task.ts';

interface Loaded {
  goal: BoardGoal;
  tasks: ReadonlyMap<string, BoardTask>;
  /** How dependencies stand that are tasks of other goals. */
  outside: Readonly<Record<string, string>>;
  /** What is above and below it, where there is something. */
  kin?: Kin | undefined;
}

/** The goal that is looked at. */
export const loaded = signal<Loaded | undefined>(undefined);
export const loadError = signal<string | undefined>(undefined);
/** Tasks that somebody else changed a moment ago, and who. */
export const glowing = signal<ReadonlyMap<string, string>>(new Map());
/** Grows with each change that the feed tells of, for what is read beside the tasks. */
export const changesSeen = signal(0);

export const isGoalClosed = computed(() => isClosedGoal(loaded.value?.goal.status));
export const shown = computed<ReadonlyMap<string, Shown>>(() => {
  const { tasks, outside } = loaded.value ?? { tasks: new Map(), outside: {} };
  return shownTasks(tasks, outside, isGoalClosed.value);
});
/** What the filter of the address leaves. */
export const matching = computed<ReadonlyMap<string, Shown>>(() => {
  const label = query.value.get('label');
  if (label === null) return shown.value;
  return new Map([...shown.value].filter(([, { task }]) => task.labels.includes(label)));
});
export const columns = computed(() => inColumns(matching.value.values(), query.value.get('sort') === 'due'));
const plan = computed(() => {
  const { tasks, outside } = loaded.value ?? { tasks: new Map(), outside: {} };
  return planTasks(tasks, outside);
});
export const times = computed(() => timetable(plan.value, loaded.value?.tasks ?? new Map()));
/** By task: the tasks of this goal that depend on it. */
export const dependents = computed(() => {
  const found = new Map<string, string[]>();
  for (const { id, dependencies } of loaded.value?.tasks.values() ?? []) {
    for (const each of dependencies) found.set(each, [...(found.get(each) ?? []), id]);
  }
  return found;
});

const glowMs = 2_500;
/** More tasks than one request may name: then the whole goal is read again. */
const mostIds = 150;
let goalId: string | undefined;
let reading: AbortController | undefined;
/** Changes that were heard of while the whole goal was read: the answer may be older than they are. */
let overtaking: SeenChange[] = [];

export function openGoal(id: string): void {
  if (goalId === id) return;
  goalId = id;
  again.succeeded();
  overtaking = [];
  loaded.value = undefined;
  loadError.value = undefined;
  void reload();
}

/** Reads the whole goal again, in place. */
export async function reload(): Promise<void> {
  const id = goalId;
  if (id === undefined) return;
  reading?.abort();
  const own = new AbortController();
  reading = own;
  try {
    const { goal, tasks, outside, kin } = await get<{
      goal: BoardGoal;
      tasks: BoardTask[];
      outside: Record<string, string>;
      kin?: Kin;
    }>(`/board/goals/${encodeURIComponent(id)}`, own.signal);
    if (goalId !== id) return;
    loaded.value = { goal, tasks: new Map(tasks.map((task) => [task.id, task])), outside, kin };
    loadError.value = undefined;
    again.succeeded();
  } catch (error) {
    if (goalId !== id || error instanceof DOMException) return;
    // what is shown stays where the read is made again
    if (!again.failed(error) || loaded.value === undefined) loadError.value = wordsOf(error);
  } finally {
    if (reading === own) readOvertaking();
  }
}
const again = new Again(reload);

/** The whole goal may be older than what was read of single tasks meanwhile. */
function readOvertaking(): void {
  reading = undefined;
  const changes = overtaking;
  overtaking = [];
  if (changes.length > 0 && loaded.value !== undefined) void readChanged(changes);
}

/** Changes what the page shows of a task before the service has answered; gives back how it was. */
export function showAs(id: string, change: Partial<BoardTask>): BoardTask | undefined {
  const now = loaded.value;
  const before = now?.tasks.get(id);
  if (now !== undefined && before !== undefined) put(now, [{ ...before, ...change }]);
  return before;
}

export function showGoalAs(change: Partial<BoardGoal>): void {
  const now = loaded.value;
  if (now !== undefined) loaded.value = { ...now, goal: { ...now.goal, ...change } };
}

/** Reads tasks again; those that are gone leave the page. */
export async function readTasks(ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  if (ids.length > mostIds) return reload();
  const { tasks, outside } = await get<{ tasks: BoardTask[]; outside: Record<string, string> }>(
    `/board/tasks?ids=${ids.join(',')}`,
  );
  const now = loaded.value;
  if (now === undefined || now.goal.id !== goalId) return;
  const there = new Set(tasks.map((task) => task.id));
  put(now, tasks, { gone: ids.filter((id) => !there.has(id)), outside });
}

function put(
  { goal, tasks, outside, kin }: Loaded,
  changed: BoardTask[],
  { gone = [], outside: more = {} }: { gone?: string[]; outside?: Record<string, string> } = {},
): void {
  const next = new Map(tasks);
  const nextOutside = { ...outside, ...more };
  for (const id of gone) next.delete(id);
  for (const task of changed) {
    if (task.goal_id === goal.id) next.set(task.id, task);
    else {
      next.delete(task.id);
      nextOutside[task.id] = task.status;
    }
  }
  const isNew = changed.some((task) => task.goal_id === goal.id && !tasks.has(task.id));
  const ordered = isNew ? new Map([...next].sort(([a], [b]) => Number(a.slice(5)) - Number(b.slice(5)))) : next;
  loaded.value = { goal, tasks: ordered, outside: nextOutside, kin };
}

listen({
  lost() {
    changesSeen.value += 1;
    void reload();
  },
  changed(changes) {
    const mine = changes.filter(({ goal_ids }) => goalId !== undefined && goal_ids.includes(goalId));
    if (mine.length === 0) return;
    // what is below a goal counts for it
    if (loaded.value?.kin !== undefined || mine.some(isMove)) reloadSoon();
    changesSeen.value += 1;
    if (reading !== undefined) overtaking.push(...mine);
    void readChanged(mine);
  },
});

const isMove = ({ kind, changed }: SeenChange) => kind === 'goal' && changed.includes('parent_goal_id');

/** A goal with others above or below it is read again at most so often, however much changes. */
const soonMs = 1_000;
let isSoon = false;

function reloadSoon(): void {
  if (isSoon) return;
  isSoon = true;
  setTimeout(() => {
    isSoon = false;
    void reload();
  }, soonMs);
}

async function readChanged(changes: SeenChange[]): Promise<void> {
  const taskIds = [
    ...new Set(changes.flatMap(({ kind, task_id }) => (kind === 'task' && task_id !== null ? [task_id] : []))),
  ];
  const ofGoal = changes.filter(({ kind, id }) => kind === 'goal' && id === goalId);
  try {
    await Promise.all([readTasks(taskIds), ...ofGoal.map(showGoalChange)]);
  } catch (error) {
    again.failed(error);
  }
  glow(changes);
}

/** A change of the goal itself tells its new values, but for long ones. */
async function showGoalChange({ changed, after }: SeenChange): Promise<void> {
  if (after === null || changed.some((name) => !(name in after))) return reload();
  const known = ['description', 'status', 'priority', 'repos', 'labels', 'due_at', 'total_tasks', 'open_tasks'];
  showGoalAs(Object.fromEntries(Object.entries(after).filter(([name]) => known.includes(name))));
}

function glow(changes: SeenChange[]): void {
  const others = changes.filter(({ operation }) => operation.actor !== session.value?.name);
  const fresh = others.flatMap(({ task_id, operation }): [string, string][] =>
    task_id === null ? [] : [[task_id, operation.actor]],
  );
  if (fresh.length === 0) return;
  glowing.value = new Map([...glowing.value, ...fresh]);
  setTimeout(() => {
    const left = new Map(glowing.value);
    for (const [id, actor] of fresh) if (left.get(id) === actor) left.delete(id);
    glowing.value = left;
  }, glowMs);
}
