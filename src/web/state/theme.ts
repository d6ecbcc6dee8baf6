import { signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';
const key = 'goal-agent-theme';

export const theme = signal<Theme>((localStorage.getItem(key) as Theme | null) ?? 'system');
theme.subscribe((value) => {
  document.documentElement.dataset.theme = value;
  localStorage.setItem(key, value);
});

export function nextTheme(): void {
  theme.value = theme.value === 'system' ? 'light' : theme.value === 'light' ? 'dark' : 'system';
}
