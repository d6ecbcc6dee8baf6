import type { z } from 'zod';
import { words } from './words.ts';

/** How much a goal or a task matters, most first. */
export const Priority = words(['high', 'medium', 'low'], {
  critical: 'high',
  urgent: 'high',
  highest: 'high',
  normal: 'medium',
  lowest: 'low',
  minor: 'low',
});
export type Priority = z.infer<typeof Priority>;
