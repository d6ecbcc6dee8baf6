import { z } from 'zod';
import { GoalId } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import { listHeldUp } from '../service/held-up.ts';
import { listReady } from '../service/tasks.ts';
import { Budget, TaskEntry, taskEntry } from './answers/answers.ts';
import { heldUpAnswer, heldUpShape } from './answers/held-up-answer.ts';
import { defineTool, reads } from './define/define-tool.ts';

export const getNextTasks = defineTool({
  name: 'get_next_tasks',
  description: 'What to work on next: tasks that wait for nothing, most important first. claim_tasks takes them.',
  input: z.strictObject({
    goal_id: GoalId.optional(),
    limit: z.number().int().min(1).max(limits.page).default(20),
  }),
  output: z.object({ tasks: z.array(TaskEntry), count: z.number().int(), total: z.number().int(), ...heldUpShape }),
  hints: reads,
  async run(context, { goal_id, limit }) {
    const call = await context.open();
    const { tasks, total } = await listReady(call, { goalId: goal_id, limit });
    // who finds less than was asked for wonders why
    const heldUp = tasks.length < limit ? heldUpAnswer(await listHeldUp(call, goal_id)) : {};
    const budget = new Budget();
    budget.spend(heldUp);
    const shown = budget.firstOf(tasks.map(taskEntry));
    return { tasks: shown, count: shown.length, total, ...heldUp };
  },
});
