import { z } from 'zod';
import { TaskId } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import { deleteTask as remove } from '../service/tasks.ts';
import { heldByOthers } from './answers/held-by-others.ts';
import { defineTool, deletes } from './define/define-tool.ts';

export const deleteTask = defineTool({
  name: 'delete_task',
  description: 'Remove one task. Tasks that depended on it no longer wait for it.',
  input: z.strictObject({ task_id: TaskId }),
  output: z.object({
    deleted_task_id: z.string(),
    goal_id: z.string(),
    dependent_tasks: z.array(z.string()),
    warnings: z.array(z.string()).optional(),
    success: z.literal(true),
  }),
  hints: deletes,
  async run(context, { task_id }) {
    const call = await context.open();
    const { goalId, dependentTasks, claim } = await remove(call, task_id);
    const warnings = heldByOthers(call.actor, [claim]);
    return {
      deleted_task_id: task_id,
      goal_id: goalId,
      dependent_tasks: dependentTasks.slice(0, limits.subtasksPerCall),
      ...(warnings.length > 0 && { warnings }),
      success: true as const,
    };
  },
});
