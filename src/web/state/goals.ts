import { computed, signal } from '@preact/signals';
import { isClosedGoal } from '../../domain/closed-goal.ts';
import type { Priority } from '../../domain/priority.ts';
import type { Whole } from '../goal/task.ts';
import { Again } from './again.ts';
import { isPast } from './clock.ts';
import { listen } from './feed.ts';
import { get, wordsOf } from './request.ts';
import { place, query } from './router.ts';

export interface GoalEntry {
  id: string;
  number: number;
  description: string;
  status: string;
  priority: Priority;
  repos: string[];
  labels: string[];
  due_at: string | null;
  parent_goal_id: string | null;
  /** Of a goal that has sub-goals. */
  whole?: Whole | undefined;
  total_tasks: number;
  open_tasks: number;
  created_at: string;
  updated_at: string;
  in_progress: number;
  stuck: number;
  holders: string[];
}

export const goals = signal<GoalEntry[] | undefined>(undefined);
export const goalsError = signal<string | undefined>(undefined);
/** Where the goals begin that were not read yet. */
export const nextGoals = signal<number | undefined>(undefined);
/** Pages that somebody asked for: a reload reads as many. */
let pages = 1;

export async function loadGoals(): Promise<void> {
  try {
    const all: GoalEntry[] = [];
    let before: number | undefined;
    for (let page = 0; page < pages; page += 1) {
      const { goals: some, next } = await get<{ goals: GoalEntry[]; next?: number }>(`/board/goals${queryOf(before)}`);
      all.push(...some);
      before = next;
      if (next === undefined) break;
    }
    goals.value = all;
    nextGoals.value = before;
    goalsError.value = undefined;
    again.succeeded();
  } catch (error) {
    goalsError.value = wordsOf(error);
    again.failed(error);
  }
}
const again = new Again(loadGoals);

/** Those that are archived are a list of their own. */
function queryOf(before: number | undefined): string {
  const parts = [
    ...(filter.value.status === 'archived' ? ['archived=true'] : []),
    ...(before === undefined ? [] : [`before=${before}`]),
  ];
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

export async function loadMoreGoals(): Promise<void> {
  pages += 1;
  await loadGoals();
}

/** The list is read again at most so often, however much changes. */
const everyMs = 700;
let readAt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function loadSoon(): void {
  if (place.value.screen !== 'goals' || timer !== undefined) return;
  timer = setTimeout(
    () => {
      timer = undefined;
      readAt = Date.now();
      void loadGoals();
    },
    Math.max(0, readAt + everyMs - Date.now()),
  );
}
listen({ changed: loadSoon, lost: loadSoon });

export const sortNames = ['newest', 'changed', 'priority', 'progress', 'due'] as const;
export type GoalSort = (typeof sortNames)[number];

const never = '9999';
const rank = { high: 0, medium: 1, low: 2 };
/** How far a goal is, with all that is below it. */
export const progressOf = ({ whole, total_tasks, open_tasks }: GoalEntry) =>
  whole === undefined
    ? { done: total_tasks - open_tasks, total: total_tasks }
    : { done: whole.completed, total: whole.total };
const share = (goal: GoalEntry) => {
  const { done, total } = progressOf(goal);
  return total === 0 ? 0 : done / total;
};
const sorts: Record<GoalSort, (a: GoalEntry, b: GoalEntry) => number> = {
  newest: (a, b) => b.number - a.number,
  changed: (a, b) => b.updated_at.localeCompare(a.updated_at) || b.number - a.number,
  priority: (a, b) => rank[a.priority] - rank[b.priority] || b.number - a.number,
  due: (a, b) => (a.due_at ?? never).localeCompare(b.due_at ?? never) || b.number - a.number,
  progress: (a, b) => share(b) - share(a) || b.number - a.number,
};

/** The filter is in the address, so that it can be kept and sent. */
export const filter = computed(() => ({
  status: query.value.get('status') ?? 'open',
  priority: query.value.get('priority') ?? '',
  repo: query.value.get('repo') ?? '',
  label: query.value.get('label') ?? '',
  isOverdue: query.value.get('due') === 'overdue',
  text: query.value.get('q') ?? '',
  sort: (query.value.get('sort') ?? 'newest') as GoalSort,
}));

export const repos = computed(() => [...new Set((goals.value ?? []).flatMap((goal) => goal.repos))].sort());

export const labels = computed(() => [...new Set((goals.value ?? []).flatMap((goal) => goal.labels))].sort());

/** Goals that should be reached by now. */
export const overdueGoals = computed(
  () =>
    new Set(
      (goals.value ?? []).filter((goal) => goal.due_at !== null && !isClosedGoal(goal.status) && isPast(goal.due_at)),
    ),
);

export const filteredGoals = computed(() => {
  const { status, priority, repo, label, isOverdue, text, sort } = filter.value;
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const isWanted = (goal: GoalEntry) =>
    (status === 'all' ||
      (status === 'open' ? ['planned', 'in_progress'].includes(goal.status) : goal.status === status)) &&
    (priority === '' || goal.priority === priority) &&
    (repo === '' || goal.repos.includes(repo)) &&
    (label === '' || goal.labels.includes(label)) &&
    (!isOverdue || overdueGoals.value.has(goal)) &&
    words.every((word) =>
      [goal.id, goal.description, ...goal.repos, ...goal.labels, ...goal.holders]
        .join(' ')
        .toLowerCase()
        .includes(word),
    );
  return (goals.value ?? []).filter(isWanted).sort(sorts[sort] ?? sorts.newest);
});

/** Goals whose sub-goals are folded away. */
export const foldedGoals = signal<ReadonlySet<string>>(new Set());

export function fold(id: string): void {
  const next = new Set(foldedGoals.value);
  if (!next.delete(id)) next.add(id);
  foldedGoals.value = next;
}

export interface GoalRow {
  goal: GoalEntry;
  level: number;
  /** Whether goals of the list are below it. */
  isParent: boolean;
}

/** The filtered goals, each with those of them that are below it right after it, unless they are folded. */
export const goalRows = computed((): GoalRow[] => {
  const list = filteredGoals.value;
  const listed = new Set(list.map(({ id }) => id));
  const byParent = new Map<string | null, GoalEntry[]>();
  for (const goal of list) {
    const { parent_goal_id: id } = goal;
    const parent = id !== null && listed.has(id) ? id : null;
    byParent.set(parent, [...(byParent.get(parent) ?? []), goal]);
  }
  const under = (parent: string | null, level: number): GoalRow[] =>
    (byParent.get(parent) ?? []).flatMap((goal) => [
      { goal, level, isParent: byParent.has(goal.id) },
      ...(foldedGoals.value.has(goal.id) ? [] : under(goal.id, level + 1)),
    ]);
  return under(null, 0);
});
