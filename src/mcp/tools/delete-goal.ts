import { z } from 'zod';
import { GoalId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { deleteGoal as remove } from '../../service/goals.ts';
import { defineTool, deletes } from '../define-tool.ts';

export const deleteGoal = defineTool({
  name: 'delete_goal',
  description: 'Remove a goal with all of its tasks. To only stop work on it, set its status to cancelled.',
  input: z.strictObject({ goal_id: GoalId }),
  output: z.object({
    deleted_goal_id: z.string(),
    deleted_tasks: z.number().int(),
    task_ids: z.array(z.string()),
    success: z.literal(true),
  }),
  hints: deletes,
  async run(context, { goal_id }) {
    const { taskIds } = await remove(await context.open(), goal_id);
    return {
      deleted_goal_id: goal_id,
      deleted_tasks: taskIds.length,
      task_ids: taskIds.slice(0, limits.subtasksPerCall),
      success: true as const,
    };
  },
});
