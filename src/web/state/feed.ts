import { signal } from '@preact/signals';
import type { Change } from '../../domain/change.ts';

/** What the page uses of a change. */
export type SeenChange = Pick<Change, 'kind' | 'id' | 'task_id' | 'goal_ids' | 'changed' | 'after'> & {
  operation: { actor: string };
};

export const isConnected = signal(false);
/** When the server was last heard of. */
export const heardAtMs = signal(Date.now());

type Listener = { changed(changes: SeenChange[]): void; lost(): void };
const listeners = new Set<Listener>();

/** Hears of changes; `lost` where some may have been missed, so that all has to be read again. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function tellOfChanges(changes: SeenChange[]): void {
  for (const each of listeners) each.changed(changes);
}

export function tellOfLoss(): void {
  for (const each of listeners) each.lost();
}

export function hear(): void {
  heardAtMs.value = Date.now();
}

let wasConnected = false;

/** The server answers. After a loss all is read again: what was asked for meanwhile failed, and is told of by no change. */
export function connected(): void {
  hear();
  const isBack = wasConnected && !isConnected.value;
  wasConnected = true;
  isConnected.value = true;
  if (isBack) tellOfLoss();
}
