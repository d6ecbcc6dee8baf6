import { z } from 'zod';
import { TaskId } from '../../domain/ids.ts';
import { getTask as get } from '../../service/tasks.ts';
import { Budget, TaskAnswer, taskAnswer } from '../answers.ts';
import { defineTool, reads } from '../define-tool.ts';

export const getTask = defineTool({
  name: 'get_task',
  description: 'See one task: what to do, what it depends on, its result.',
  input: z.strictObject({
    task_id: TaskId,
    full: z.boolean().default(false).describe('also long text whole'),
  }),
  output: TaskAnswer,
  hints: reads,
  async run(context, { task_id, full }) {
    const task = await get(await context.open(), task_id);
    return full ? task : taskAnswer(task, new Budget());
  },
});
