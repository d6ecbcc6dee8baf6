import type { z } from 'zod';
import { words } from './words.ts';

/**
 * A task's status. `completed` satisfies the tasks that depend on it; `cancelled` does so only where they are let go.
 */
export const TaskStatus = words(['pending', 'in_progress', 'completed', 'failed', 'blocked', 'cancelled', 'deferred'], {
  todo: 'pending',
  open: 'pending',
  new: 'pending',
  planned: 'pending',
  ready: 'pending',
  doing: 'in_progress',
  active: 'in_progress',
  started: 'in_progress',
  done: 'completed',
  complete: 'completed',
  finished: 'completed',
  error: 'failed',
  waiting: 'blocked',
  on_hold: 'blocked',
  canceled: 'cancelled',
  skipped: 'cancelled',
  dropped: 'cancelled',
  abandoned: 'cancelled',
  wont_do: 'cancelled',
  wontfix: 'cancelled',
  postponed: 'deferred',
  snoozed: 'deferred',
  someday: 'deferred',
  later: 'deferred',
});
export type TaskStatus = z.infer<typeof TaskStatus>;
