import { z } from 'zod';
import { GoalAgentError } from '../../domain/errors.ts';
import { GoalStatus, NewGoal } from '../../domain/goal.ts';
import { GoalId } from '../../domain/ids.ts';
import { updateGoal as update } from '../../service/goals.ts';
import { Budget, GoalAnswer, goalAnswer, Persistence, persistence } from '../answers.ts';
import { defineTool, sets } from '../define-tool.ts';
import { anyObject } from '../input.ts';

export const updateGoal = defineTool({
  name: 'update_goal',
  description: "Change one of Goal Agent's goals: only what is given. It completes by itself with its last task.",
  input: z.strictObject({
    goal_id: GoalId,
    description: NewGoal.shape.description.optional(),
    priority: NewGoal.shape.priority.optional(),
    status: GoalStatus.optional(),
    repos: NewGoal.shape.repos.optional(),
    metadata: anyObject(NewGoal.shape.metadata, 'merged; null removes a key').optional(),
  }),
  output: GoalAnswer.extend({ _persistence: Persistence, warnings: z.array(z.string()).optional() }),
  hints: sets,
  async run(context, { goal_id, ...change }) {
    if (Object.values(change).every((value) => value === undefined)) {
      throw new GoalAgentError(
        'invalid',
        `update_goal: nothing to change on ${goal_id}; give description, priority, status, repos or metadata.`,
      );
    }
    const goal = await update(await context.open(), goal_id, change);
    const open = goal.total_tasks - goal.completed_tasks;
    const warnings =
      change.status === 'completed' && open > 0
        ? [
            `${goal_id} was set to completed while ${open} of its ${goal.total_tasks} tasks ${open === 1 ? 'is' : 'are'} not.`,
          ]
        : undefined;
    return {
      ...goalAnswer(goal, new Budget()),
      ...(warnings && { warnings }),
      _persistence: persistence(context.facts().cache.enabled, 'Goal saved to PostgreSQL database'),
    };
  },
});
