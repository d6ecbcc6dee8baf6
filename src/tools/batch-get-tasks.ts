import { z } from 'zod';
import { TaskId } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import { getTasks } from '../service/tasks.ts';
import { Budget, TaskEntry, taskEntry } from './answers/answers.ts';
import { defineTool, reads } from './define/define-tool.ts';

export const batchGetTasks = defineTool({
  name: 'batch_get_tasks',
  description: 'See several tasks by their IDs.',
  input: z.strictObject({ task_ids: z.array(TaskId).min(1).max(limits.taskIdsPerCall) }),
  output: z.object({
    tasks: z.array(TaskEntry),
    not_found: z.array(z.string()),
    total: z.number().int(),
    not_shown: z.array(z.string()).optional(),
  }),
  hints: reads,
  async run(context, { task_ids }) {
    const { tasks, notFound } = await getTasks(await context.open(), task_ids);
    const budget = new Budget();
    budget.spend([notFound, tasks.map((task) => task.id)]);
    const shown = budget.firstOf(tasks.map(taskEntry));
    const notShown = tasks.slice(shown.length).map((task) => task.id);
    return {
      tasks: shown,
      not_found: notFound,
      total: task_ids.length,
      ...(notShown.length > 0 && { not_shown: notShown }),
    };
  },
});
