import { createAsked, overlay } from '../state/overlay.ts';
import { closeTask, go, goalPath, goalTabs, openTask, place } from '../state/router.ts';
import { mayWrite } from '../state/session.ts';
import { nextTheme } from '../state/theme.ts';

const places: Record<string, string> = { g: '/', n: '/now', h: '/history' };

/** Shortcuts, wherever nobody types. */
export function listenToKeys(): () => void {
  let afterG = 0;
  const onKey = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (event.key === 'k' && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      overlay.value = 'palette';
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
    if (/^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || overlay.value !== undefined) return;
    const isAfterG = Date.now() - afterG < 1_200;
    afterG = 0;
    if (isAfterG && places[event.key] !== undefined) go(places[event.key] as string);
    else if (event.key === 'g') afterG = Date.now();
    else if (!act(event.key)) return;
    event.preventDefault();
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

function act(key: string): boolean {
  const now = place.value;
  const tab = goalTabs[Number(key) - 1];
  if (key === 'k') overlay.value = 'palette';
  else if (key === '?') overlay.value = 'help';
  else if (key === 't') nextTheme();
  else if (key === 'c' && mayWrite.value) createAsked.value += 1;
  else if (key === 'Escape' && openTask.value !== null) closeTask();
  else if (now.screen === 'goal' && tab !== undefined) go(goalPath(now.goalId, tab));
  else if (key === '/') focusFilter();
  else return false;
  return true;
}

function focusFilter(): void {
  const field = document.querySelector<HTMLInputElement>('input[type=search]');
  if (field === null) overlay.value = 'palette';
  else field.focus();
}
