import { z } from 'zod';
import { GoalId } from '../domain/ids.ts';
import { getGoal as get } from '../service/goals.ts';
import { Budget, GoalAnswer, goalAnswer, notesAnswer, notesShape, TaskEntry, taskEntry } from './answers/answers.ts';
import { defineTool, reads } from './define/define-tool.ts';

export const getGoal = defineTool({
  name: 'get_goal',
  description: "See one of Goal Agent's goals with its tasks, unfinished ones first, and progress.",
  input: z.strictObject({
    goal_id: GoalId,
    full: z.boolean().default(false),
  }),
  output: GoalAnswer.extend({
    task_details: z.array(TaskEntry),
    progress: z.object({ total: z.number().int(), completed: z.number().int(), percent: z.number() }),
    ...notesShape,
    not_shown: z.number().int().optional(),
  }),
  hints: reads,
  async run(context, { goal_id, full }) {
    const { goal, tasks, notes } = await get(await context.open(), goal_id);
    const budget = new Budget();
    const answer = full ? goal : goalAnswer(goal, budget);
    const shownNotes = notesAnswer(notes, budget);
    const task_details = budget.firstOf(tasks.map(taskEntry));
    const { total_tasks: total, completed_tasks: completed } = goal;
    const percent = total === 0 ? 0 : Math.round((completed / total) * 1000) / 10;
    const notShown = total - task_details.length;
    return {
      ...answer,
      task_details,
      progress: { total, completed, percent },
      ...shownNotes,
      ...(notShown > 0 && { not_shown: notShown }),
    };
  },
});
