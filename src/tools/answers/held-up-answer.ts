import { z } from 'zod';
import { describeHeldUp, type HeldUp } from '../../service/held-up.ts';

/** Pending tasks that wait for what nobody will do, each with the reason. Left out where there are none. */
export const heldUpShape = {
  held_up: z.array(z.object({ task_id: z.string(), waits_for: z.array(z.string()) })).optional(),
};

export function heldUpAnswer(rows: HeldUp[]) {
  if (rows.length === 0) return {};
  const ids = [...new Set(rows.map((row) => row.id))];
  return { held_up: ids.map((task_id) => ({ task_id, waits_for: waitsOf(rows, task_id) })) };
}

/** What one of them waits for, in words. */
export function waitsOf(rows: HeldUp[], taskId: string): string[] {
  return rows.filter((row) => row.id === taskId).map(describeHeldUp);
}
