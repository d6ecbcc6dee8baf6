import { z } from 'zod';
import { GoalId } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import { deleteGoal as remove } from '../service/delete-goal.ts';
import { heldByOthers } from './answers/held-by-others.ts';
import { defineTool, deletes } from './define/define-tool.ts';

export const deleteGoal = defineTool({
  name: 'delete_goal',
  description: 'Remove a goal with its tasks and sub-goals. To only stop work, cancel it.',
  input: z.strictObject({ goal_id: GoalId }),
  output: z.object({
    deleted_goal_id: z.string(),
    deleted_tasks: z.number().int(),
    task_ids: z.array(z.string()),
    deleted_sub_goals: z.number().int().optional(),
    sub_goal_ids: z.array(z.string()).optional(),
    warnings: z.array(z.string()).optional(),
    success: z.literal(true),
  }),
  hints: deletes,
  async run(context, { goal_id }) {
    const call = await context.open();
    const { taskIds, subGoalIds, claims } = await remove(call, goal_id);
    const warnings = heldByOthers(call.actor, claims);
    return {
      deleted_goal_id: goal_id,
      deleted_tasks: taskIds.length,
      task_ids: taskIds.slice(0, limits.subtasksPerCall),
      ...(subGoalIds.length > 0 && {
        deleted_sub_goals: subGoalIds.length,
        sub_goal_ids: subGoalIds.slice(0, limits.page),
      }),
      ...(warnings.length > 0 && { warnings }),
      success: true as const,
    };
  },
});
