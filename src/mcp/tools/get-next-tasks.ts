import { z } from 'zod';
import { GoalId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { listReady } from '../../service/tasks.ts';
import { Budget, TaskEntry, taskEntry } from '../answers.ts';
import { defineTool, reads } from '../define-tool.ts';

export const getNextTasks = defineTool({
  name: 'get_next_tasks',
  description: 'What to work on next: tasks that wait for nothing, most important first. claim_tasks takes them.',
  input: z.strictObject({
    goal_id: GoalId.optional(),
    limit: z.number().int().min(1).max(limits.page).default(20),
  }),
  output: z.object({ tasks: z.array(TaskEntry), count: z.number().int(), total: z.number().int() }),
  hints: reads,
  async run(context, { goal_id, limit }) {
    const { tasks, total } = await listReady(await context.open(), { goalId: goal_id, limit });
    const shown = new Budget().firstOf(tasks.map(taskEntry));
    return { tasks: shown, count: shown.length, total };
  },
});
