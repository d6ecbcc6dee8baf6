import type { z } from 'zod';
import { words } from './words.ts';

/** The priorities of goals and tasks, the highest first. */
export const Priority = words(['high', 'medium', 'low'], {
  critical: 'high',
  urgent: 'high',
  highest: 'high',
  normal: 'medium',
  lowest: 'low',
  minor: 'low',
});
export type Priority = z.infer<typeof Priority>;
