import { z } from 'zod';
import { NewGoal } from '../domain/goal.ts';
import { createGoal as create } from '../service/goals.ts';
import { Budget, GoalAnswer, goalAnswer, Persistence, persistence } from './answers/answers.ts';
import { adds, defineTool } from './define/define-tool.ts';
import { anyObject } from './define/input.ts';
import { listedAsText } from './define/listed-schema.ts';

export const createGoal = defineTool({
  name: 'create_goal',
  description:
    'Start a goal in Goal Agent, which keeps it across sessions: an outcome of several steps. Then break_down_goal, claim_tasks, update_task_status.',
  input: z.strictObject({
    description: NewGoal.shape.description,
    priority: NewGoal.shape.priority.default('medium'),
    repos: NewGoal.shape.repos.default([]),
    labels: NewGoal.shape.labels,
    due_at: NewGoal.shape.due_at,
    strict: NewGoal.shape.strict,
    parent_goal_id: listedAsText(NewGoal.shape.parent_goal_id),
    metadata: listedAsText(anyObject(NewGoal.shape.metadata).default({}), 'JSON'),
  }),
  output: GoalAnswer.pick({ id: true, status: true }),
  whole: GoalAnswer.extend({ _persistence: Persistence }),
  hints: adds,
  async run(context, input) {
    const goal = await create(await context.open(), input);
    if (!context.isWhole) return { id: goal.id, status: goal.status };
    const _persistence = persistence(context.facts().cache.enabled, 'Goal saved to PostgreSQL database');
    return { ...goalAnswer(goal, new Budget()), _persistence };
  },
});
