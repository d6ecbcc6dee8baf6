import { z } from 'zod';
import { GoalStatus } from '../domain/goal.ts';
import { GoalId } from '../domain/ids.ts';
import { getGoal as get } from '../service/goals.ts';
import type { Kin } from '../service/goals-below.ts';
import {
  Budget,
  GoalAnswer,
  goalAnswer,
  notesAnswer,
  notesShape,
  TaskEntry,
  taskEntry,
  WholeAnswer,
} from './answers/answers.ts';
import { defineTool, reads } from './define/define-tool.ts';

const Progress = z.object({ total: z.number().int(), completed: z.number().int(), percent: z.number() });
const SubGoalEntry = WholeAnswer.extend({
  id: z.string(),
  description: z.string(),
  status: GoalStatus,
  goals: z.number().int().optional(),
});

export const getGoal = defineTool({
  name: 'get_goal',
  description: "See one of Goal Agent's goals with its tasks, unfinished ones first, and progress.",
  input: z.strictObject({
    goal_id: GoalId,
    full: z.boolean().default(false),
  }),
  output: GoalAnswer.extend({
    task_details: z.array(TaskEntry),
    progress: Progress,
    whole: WholeAnswer.extend(Progress.shape).optional(),
    parents: z.array(z.object({ id: z.string(), description: z.string() })).optional(),
    sub_goal_details: z.array(SubGoalEntry).optional(),
    ...notesShape,
    not_shown: z.number().int().optional(),
  }),
  hints: reads,
  async run(context, { goal_id, full }) {
    const { goal, tasks, notes, kin } = await get(await context.open(), goal_id);
    const budget = new Budget();
    const answer = full ? goal : goalAnswer(goal, budget);
    const shownNotes = notesAnswer(notes, budget);
    const nested = kin === undefined ? {} : kinAnswer(kin, budget);
    const task_details = budget.firstOf(tasks.map(taskEntry));
    const { total_tasks: total, completed_tasks: completed } = goal;
    const notShown = total - task_details.length;
    return {
      ...answer,
      task_details,
      progress: { total, completed, percent: percentOf(total, completed) },
      ...nested,
      ...shownNotes,
      ...(notShown > 0 && { not_shown: notShown }),
    };
  },
});

function kinAnswer({ above, subGoals, whole }: Kin, budget: Budget) {
  const sub_goal_details = budget.firstOf(
    subGoals.map(({ goals, ...each }) => ({ ...each, ...(goals > 0 && { goals }) })),
  );
  return {
    ...(above.length > 0 && { parents: budget.firstOf(above) }),
    ...(whole !== undefined && { whole: { ...whole, percent: percentOf(whole.total, whole.completed) } }),
    ...(sub_goal_details.length > 0 && { sub_goal_details }),
  };
}

function percentOf(total: number, completed: number): number {
  return total === 0 ? 0 : Math.round((completed / total) * 1000) / 10;
}
