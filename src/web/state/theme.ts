import { signal } from '@preact/signals';
import { isInside } from './inside.ts';

export type Theme = 'system' | 'light' | 'dark';
const key = 'goal-agent-theme';

export const theme = signal<Theme>(isInside ? 'system' : ((localStorage.getItem(key) as Theme | null) ?? 'system'));
theme.subscribe((value) => {
  document.documentElement.dataset.theme = value;
  if (!isInside) localStorage.setItem(key, value);
});

/** Inside a client the theme is that of the client. */
export function nextTheme(): void {
  if (isInside) return;
  theme.value = theme.value === 'system' ? 'light' : theme.value === 'light' ? 'dark' : 'system';
}
