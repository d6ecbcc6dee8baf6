import { signal } from '@preact/signals';
import { wordsOf } from './request.ts';

export interface Toast {
  id: number;
  text: string;
  kind: 'done' | 'error';
  /** Takes back what the toast tells of. */
  undo?: (() => Promise<void>) | undefined;
  /** What one might do next. */
  next?: { label: string; run(): Promise<void> } | undefined;
}

export const toasts = signal<Toast[]>([]);
const shownMs = 10_000;
let last = 0;

export function tell(text: string, { kind = 'done', ...more }: Partial<Omit<Toast, 'id' | 'text'>> = {}): void {
  const id = ++last;
  toasts.value = [...toasts.value.slice(-3), { id, text, kind, ...more }];
  setTimeout(() => dismiss(id), shownMs);
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

export const tellError = (error: unknown) => tell(wordsOf(error), { kind: 'error' });
