import { signal } from '@preact/signals';
import { wordsOf } from './request.ts';

export interface Toast {
  id: number;
  text: string;
  kind: 'done' | 'error';
  /** Takes back what the toast tells of. */
  undo?: (() => Promise<void>) | undefined;
}

export const toasts = signal<Toast[]>([]);
const shownMs = 10_000;
let next = 1;

export function tell(text: string, { kind = 'done', undo }: Partial<Pick<Toast, 'kind' | 'undo'>> = {}): void {
  const id = next++;
  toasts.value = [...toasts.value.slice(-3), { id, text, kind, undo }];
  setTimeout(() => dismiss(id), shownMs);
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

export const tellError = (error: unknown) => tell(wordsOf(error), { kind: 'error' });
