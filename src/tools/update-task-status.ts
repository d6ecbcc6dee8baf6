import { z } from 'zod';
import { GoalAgentError } from '../domain/errors.ts';
import { TaskId } from '../domain/ids.ts';
import { StorableJson } from '../domain/json.ts';
import { TaskStatus } from '../domain/task-status.ts';
import { DeferUntil } from '../domain/when.ts';
import { setTaskStatus } from '../service/set-task-statuses.ts';
import { Budget, Persistence, persistence, TaskAnswer, taskAnswer } from './answers/answers.ts';
import { Fence } from './answers/claim-fence.ts';
import { refuseWithoutItsStatus, waitingWarning } from './answers/closed-or-later.ts';
import { defineTool, sets } from './define/define-tool.ts';
import { listedAsText, unlisted } from './define/listed-schema.ts';

/**
 * Any JSON. Text is kept to the letter, JSON text too: who wants a structure sends one. Null and "" mean that it was left
 * out, since some clients fill in every argument.
 */
export const ResultArgument = listedAsText(
  z
    .preprocess((value) => (value === null || value === '' ? undefined : value), StorableJson.optional())
    .optional()
    .meta({ anyOf: [{ type: 'string' }, { type: 'object', description: 'any JSON' }] }),
);

/** IDs of what became ready that one answer names. */
export const shownReady = 100;

const followed = {
  made_ready: z.array(z.string()),
  goal_status: z.enum(['completed', 'in_progress']).optional(),
  still_waiting: z.array(z.string()).optional(),
  warnings: z.array(z.string()).optional(),
};

export const updateTaskStatus = defineTool({
  name: 'update_task_status',
  description:
    'Say how a task stands: in_progress when you start it, completed with its result when done. waive lets go what waits for a cancelled one.',
  input: z.strictObject({
    task_id: TaskId,
    status: TaskStatus,
    result: ResultArgument,
    clear_result: unlisted(z.boolean().optional()),
    fence: Fence.optional(),
    waive: z.boolean().optional(),
    defer_until: DeferUntil.optional(),
  }),
  output: TaskAnswer.pick({ id: true, status: true }).extend(followed),
  whole: TaskAnswer.extend({ ...followed, _persistence: Persistence }),
  hints: sets,
  async run(context, { task_id, status, result, clear_result, fence, waive, defer_until }) {
    if (clear_result === true && result !== undefined) {
      throw new GoalAgentError('invalid', 'update_task_status: give result or clear_result, not both.');
    }
    refuseWithoutItsStatus('update_task_status', { status, waive, defer_until });
    const call = await context.open();
    const { task, openDependencies, madeReady, completedGoals, reopenedGoals, inCancelled, leftWaiting } =
      await setTaskStatus(call, {
        taskId: task_id,
        status,
        result: clear_result === true ? null : result,
        fence,
        waive,
        deferUntil: defer_until,
      });
    const isEarly = status === 'completed' && openDependencies > 0;
    const warnings = [
      ...(isEarly
        ? [
            `${task_id} was completed while ${openDependencies} of its dependencies ${openDependencies === 1 ? 'is' : 'are'} not.`,
          ]
        : []),
      ...(inCancelled.length > 0 ? [`${task_id} was completed, but its goal ${task.goal_id} is cancelled.`] : []),
      ...waitingWarning([task_id], leftWaiting),
    ];
    return {
      ...(context.isWhole ? taskAnswer(task, new Budget()) : { id: task_id, status: task.status }),
      made_ready: madeReady.slice(0, shownReady),
      ...(completedGoals.length > 0 && { goal_status: 'completed' as const }),
      ...(reopenedGoals.length > 0 && { goal_status: 'in_progress' as const }),
      ...(leftWaiting.length > 0 && { still_waiting: leftWaiting.slice(0, shownReady) }),
      ...(warnings.length > 0 && { warnings }),
      ...(context.isWhole && {
        _persistence: persistence(context.facts().cache.enabled, 'Task saved to PostgreSQL database'),
      }),
    };
  },
});
