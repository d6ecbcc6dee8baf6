import { z } from 'zod';
import { TaskId } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import { longestName, named } from '../domain/stored-text.ts';
import { text } from '../domain/text.ts';
import { actingAs } from '../service/acting-as.ts';
import { findClaims, releaseTasks as release } from '../service/claims.ts';
import { Fence, notTheFence, refuseFenceOfMany } from './answers/claim-fence.ts';
import { defineTool, sets } from './define/define-tool.ts';

export const releaseTasks = defineTool({
  name: 'release_tasks',
  description: 'Give back claimed tasks that you will not finish.',
  input: z.strictObject({
    task_ids: z.array(TaskId).min(1).max(limits.taskIdsPerCall),
    reason: text(limits.reason).optional(),
    fence: Fence.optional(),
    agent: text(100).optional(),
  }),
  output: z.object({
    released: z.array(z.string()),
    not_released: z.array(z.object({ task_id: z.string(), reason: z.string() })).optional(),
  }),
  hints: sets,
  async run(context, { task_ids, reason, fence, agent }) {
    const taskIds = [...new Set(task_ids)];
    refuseFenceOfMany('release_tasks', taskIds, fence);
    const call = await actingAs(await context.open(), agent);
    const { released, notHeld } = await release(call, { taskIds, reason, fence });
    if (notHeld.length === 0) return { released };
    const holders = new Map((await findClaims(call, notHeld)).map((row) => [row.id, row]));
    const not_released = notHeld.slice(0, 100).map((task_id) => {
      const row = holders.get(task_id);
      if (row === undefined) return { task_id, reason: 'it does not exist' };
      const held =
        row.claimed_by === null ? 'nobody holds it' : `it is claimed by ${named(row.claimed_by, longestName)}`;
      return { task_id, reason: notTheFence(row, fence) ?? held };
    });
    return { released, not_released };
  },
});
