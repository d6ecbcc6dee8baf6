import { z } from 'zod';
import { TaskId } from '../domain/ids.ts';
import { getTaskWithNotes } from '../service/tasks.ts';
import { Budget, notesAnswer, notesShape, TaskAnswer, taskAnswer } from './answers/answers.ts';
import { defineTool, reads } from './define/define-tool.ts';

export const getTask = defineTool({
  name: 'get_task',
  description: 'See one task: what to do, its dependencies, result and notes.',
  input: z.strictObject({
    task_id: TaskId,
    full: z.boolean().default(false),
  }),
  output: TaskAnswer.extend(notesShape),
  hints: reads,
  async run(context, { task_id, full }) {
    const { task, notes } = await getTaskWithNotes(await context.open(), task_id);
    const budget = new Budget();
    const shownNotes = notesAnswer(notes, budget);
    return { ...(full ? task : taskAnswer(task, budget)), ...shownNotes };
  },
});
