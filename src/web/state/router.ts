import { computed, signal } from '@preact/signals';
import { isInside } from './inside.ts';
import { openElsewhere } from './request.ts';

export const goalTabs = ['board', 'graph', 'plan', 'details', 'history'] as const;
export type GoalTab = (typeof goalTabs)[number];

export type Place =
  | { screen: 'goals' }
  | { screen: 'now' }
  | { screen: 'history' }
  | { screen: 'goal'; goalId: string; tab: GoalTab };

const address = signal(isInside ? '/' : location.pathname + location.search);
addEventListener('popstate', () => {
  if (!isInside) address.value = location.pathname + location.search;
});

/** What the address means. */
export const place = computed<Place>(() => placeOf(address.value.split('?')[0] ?? '/'));
export const query = computed(() => new URLSearchParams(address.value.split('?')[1] ?? ''));
/** The task whose drawer is open. */
export const openTask = computed(() => query.value.get('task'));

function placeOf(path: string): Place {
  const [, first, id, tab] = path.split('/');
  if (first === 'now') return { screen: 'now' };
  if (first === 'history') return { screen: 'history' };
  if (first !== 'goals' || id === undefined || id === '') return { screen: 'goals' };
  const shown = goalTabs.find((each) => each === tab) ?? 'board';
  return { screen: 'goal', goalId: decodeURIComponent(id).toUpperCase(), tab: shown };
}

export function go(to: string): void {
  if (to === address.value) return;
  move(to);
}

/** The page inside a client has no address of its own. */
function move(to: string, { replace = false } = {}): void {
  if (!isInside) history[replace ? 'replaceState' : 'pushState'](null, '', to);
  address.value = to;
}

/** Changes a part of the address that is no place of its own, so that Back leads to the place before. */
export function setQuery(changes: Record<string, string | null>, { replace = true } = {}): void {
  const next = new URLSearchParams(query.value);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  const to = (address.value.split('?')[0] ?? '/') + (text === '' ? '' : `?${text}`);
  if (to !== address.value) move(to, { replace });
}

export const showTask = (id: string) => setQuery({ task: id }, { replace: openTask.value !== null });
export const closeTask = () => setQuery({ task: null });

export function goalPath(goalId: string, tab: GoalTab = 'board', taskId?: string): string {
  return `/goals/${goalId}${tab === 'board' ? '' : `/${tab}`}${taskId === undefined ? '' : `?task=${taskId}`}`;
}

/** Follows links of the page itself without loading it again. Inside a client, the host opens what leads elsewhere. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (!isInside && (event.metaKey || event.ctrlKey || event.shiftKey)) return;
  const link = (event.target as Element).closest?.('a[href]');
  const to = link?.getAttribute('href') ?? '';
  if (to.startsWith('/')) go(to);
  else if (isInside && link?.hasAttribute('target')) openElsewhere(to);
  else return;
  event.preventDefault();
}
