import { z } from 'zod';
import { Criterion } from '../../domain/criteria-input.ts';
import type { ClaimedTask } from '../../service/claims.ts';
import { Budget, TaskEntry, taskEntry, withoutEmpty } from './answers.ts';

/**
 * What somebody who starts on a task needs of it; get_task has the rest. What is empty is left out, and where many long
 * tasks are claimed at once the last ones say no more than how they are held. `hand_over` is what others left
 * behind: the results of its dependencies, its notes, how the last attempt ended, and its criteria.
 */
export const Claimed = TaskEntry.omit({ created_at: true, updated_at: true, completed_at: true })
  .partial()
  .required({ id: true, goal_id: true })
  .extend({
    fence: z.number().int(),
    lease_expires_at: z.string(),
    hand_over: z
      .object({
        last_attempt: z
          .object({ agent: z.string(), ended: z.string(), at: z.string(), reason: z.string().optional() })
          .optional(),
        results: z.array(z.object({ task_id: z.string(), result: z.string() })).optional(),
        notes: z.array(z.object({ actor: z.string(), text: z.string() })).optional(),
        criteria: z.array(Criterion.omit({ met_at: true })).optional(),
      })
      .optional(),
  });
export type Claimed = z.infer<typeof Claimed>;

export function claimedAnswer(claimed: ClaimedTask[]): Claimed[] {
  const budget = new Budget();
  const held = claimed.map(({ id, goal_id, fence, lease_expires_at }) => ({ id, goal_id, fence, lease_expires_at }));
  budget.spend(held);
  return claimed.map(({ fence, lease_expires_at, renewed: _, handOver, ...task }, place) => {
    const { created_at: _c, updated_at: _u, completed_at: _d, ...fields } = taskEntry(task);
    const entry = { ...withoutEmpty(fields), fence, lease_expires_at } as Claimed;
    if (!budget.affords(entry)) return held[place] as Claimed;
    return handOver !== null && budget.affords(handOver) ? { ...entry, hand_over: handOver } : entry;
  });
}
