import { computed, signal } from '@preact/signals';

export type GoalTab = 'board' | 'graph' | 'plan' | 'history';

export type Place =
  | { screen: 'goals' }
  | { screen: 'now' }
  | { screen: 'history' }
  | { screen: 'goal'; goalId: string; tab: GoalTab };

const address = signal(location.pathname + location.search);
addEventListener('popstate', () => {
  address.value = location.pathname + location.search;
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
  const isTab = tab === 'graph' || tab === 'plan' || tab === 'history';
  return { screen: 'goal', goalId: decodeURIComponent(id).toUpperCase(), tab: isTab ? tab : 'board' };
}

export function go(to: string): void {
  if (to === address.value) return;
  history.pushState(null, '', to);
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
  const to = location.pathname + (text === '' ? '' : `?${text}`);
  if (to === address.value) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  address.value = to;
}

export const showTask = (id: string) => setQuery({ task: id }, { replace: openTask.value !== null });
export const closeTask = () => setQuery({ task: null });

export function goalPath(goalId: string, tab: GoalTab = 'board', taskId?: string): string {
  return `/goals/${goalId}${tab === 'board' ? '' : `/${tab}`}${taskId === undefined ? '' : `?task=${taskId}`}`;
}

/** Follows links of the page itself without loading it again. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = (event.target as Element).closest?.('a[href^="/"]');
  if (link === null || link === undefined || link.hasAttribute('target')) return;
  event.preventDefault();
  go(link.getAttribute('href') as string);
}
