import { z } from 'zod';
import { isClosedGoal } from '../domain/closed-goal.ts';
import { GoalAgentError } from '../domain/errors.ts';
import { type Goal, GoalStatus, NewGoal } from '../domain/goal.ts';
import { GoalId } from '../domain/ids.ts';
import { DueAt } from '../domain/when.ts';
import { updateGoal as update } from '../service/goals.ts';
import { describeHeldUp, listWaitingForGoal } from '../service/held-up.ts';
import { Budget, GoalAnswer, goalAnswer, Persistence, persistence } from './answers/answers.ts';
import { defineTool, sets } from './define/define-tool.ts';
import { anyObject } from './define/input.ts';
import { listedAsText, unlisted } from './define/listed-schema.ts';

const warningsShape = { warnings: z.array(z.string()).optional() };

export const updateGoal = defineTool({
  name: 'update_goal',
  description: "Change one of Goal Agent's goals: only what is given. It completes by itself with its last task.",
  input: z.strictObject({
    goal_id: GoalId,
    description: NewGoal.shape.description.optional(),
    priority: listedAsText(NewGoal.shape.priority.optional()),
    status: GoalStatus.optional(),
    repos: NewGoal.shape.repos.optional(),
    labels: NewGoal.shape.labels,
    due_at: listedAsText(z.union([z.literal(''), DueAt]).optional()),
    strict: unlisted(z.boolean().optional()),
    parent_goal_id: listedAsText(z.union([z.literal(''), GoalId, z.null()]).optional()),
    metadata: listedAsText(anyObject(NewGoal.shape.metadata).optional(), 'JSON; merged, null removes a key'),
  }),
  output: GoalAnswer.pick({ id: true, status: true }).extend(warningsShape),
  whole: GoalAnswer.extend({ _persistence: Persistence, ...warningsShape }),
  hints: sets,
  async run(context, { goal_id, ...change }) {
    if (Object.values(change).every((value) => value === undefined)) {
      throw new GoalAgentError(
        'invalid',
        `update_goal: nothing to change on ${goal_id}; give description, priority, status, repos, labels, due_at, strict, parent_goal_id or metadata.`,
      );
    }
    const call = await context.open();
    const { due_at, parent_goal_id } = change;
    const goal = await update(call, goal_id, {
      ...change,
      due_at: due_at === '' ? null : due_at,
      parent_goal_id: parent_goal_id === '' ? null : parent_goal_id,
    });
    const heldUp = isClosedGoal(change.status) ? await listWaitingForGoal(call, goal_id) : [];
    const warnings = [
      ...openWarning(goal, change.status),
      ...heldUp.map((row) => `${row.id} waits for ${describeHeldUp(row)}, and will not be ready.`),
    ];
    const warned = warnings.length > 0 && { warnings };
    if (!context.isWhole) return { id: goal_id, status: goal.status, ...warned };
    return {
      ...goalAnswer(goal, new Budget()),
      ...warned,
      _persistence: persistence(context.facts().cache.enabled, 'Goal saved to PostgreSQL database'),
    };
  },
});

function openWarning(
  { id, total_tasks: total, completed_tasks: completed, sub_goals }: Goal,
  status: GoalStatus | undefined,
): string[] {
  if (status !== 'completed') return [];
  const counts = [
    ['tasks', { total, completed }],
    ['sub-goals', sub_goals ?? { total: 0, completed: 0 }],
  ] as const;
  return counts.flatMap(([what, { total, completed }]) => {
    const open = total - completed;
    if (open === 0) return [];
    return [`${id} was set to completed while ${open} of its ${total} ${what} ${open === 1 ? 'is' : 'are'} not.`];
  });
}
