import { z } from 'zod';

/** How much a goal or a task matters, most first. */
export const Priority = z.enum(['high', 'medium', 'low']);
export type Priority = z.infer<typeof Priority>;
