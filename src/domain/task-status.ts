import { z } from 'zod';

/** Where a task stands. Only `completed` satisfies the tasks that depend on it. */
export const TaskStatus = z.enum(['pending', 'in_progress', 'completed', 'failed', 'blocked']);
export type TaskStatus = z.infer<typeof TaskStatus>;
