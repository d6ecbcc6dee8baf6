import type { z } from 'zod';
import { words } from './words.ts';

/** A task's status. Only `completed` satisfies the tasks that depend on it. */
export const TaskStatus = words(['pending', 'in_progress', 'completed', 'failed', 'blocked'], {
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
  cancelled: 'failed',
  canceled: 'failed',
  skipped: 'failed',
  waiting: 'blocked',
  on_hold: 'blocked',
});
export type TaskStatus = z.infer<typeof TaskStatus>;
