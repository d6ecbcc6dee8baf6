import { z } from 'zod';
import { leaseSeconds } from '../domain/claims.ts';
import { CriterionRefs } from '../domain/criteria-input.ts';
import { GoalAgentError } from '../domain/errors.ts';
import { TaskId } from '../domain/ids.ts';
import { StorableJson } from '../domain/json.ts';
import { TaskStatus } from '../domain/task-status.ts';
import { text } from '../domain/text.ts';
import { DeferUntil } from '../domain/when.ts';
import { actingAs } from '../service/acting-as.ts';
import type { Call } from '../service/call.ts';
import type { ClaimedTask } from '../service/claims.ts';
import { finishAndClaim } from '../service/finish-and-claim.ts';
import { type SetTask, setTaskStatus } from '../service/set-task-statuses.ts';
import { Budget, Persistence, persistence, TaskAnswer, taskAnswer } from './answers/answers.ts';
import { Fence } from './answers/claim-fence.ts';
import { Claimed, claimedAnswer } from './answers/claimed-answer.ts';
import { refuseWithoutItsStatus, unmetWarning, waitingWarning } from './answers/closed-or-later.ts';
import { LeaseSeconds, outlook } from './claim-tasks.ts';
import { defineTool, sets } from './define/define-tool.ts';
import { listedAsText, listedAsTexts, unlisted } from './define/listed-schema.ts';

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
  /** Of `claim_next`. */
  next: Claimed.nullable().optional(),
  reason: z.string().optional(),
  come_back_at: z.string().optional(),
};

export const updateTaskStatus = defineTool({
  name: 'update_task_status',
  description:
    'Say how a task stands: in_progress when you start it, completed with its result when done. claim_next takes the next of its goal; waive lets go what waits for a cancelled one.',
  input: z.strictObject({
    task_id: TaskId,
    status: TaskStatus,
    result: ResultArgument,
    clear_result: unlisted(z.boolean().optional()),
    fence: Fence.optional(),
    criteria_met: listedAsTexts(CriterionRefs.optional()),
    claim_next: z.boolean().default(false),
    waive: z.boolean().optional(),
    defer_until: DeferUntil.optional(),
    lease_seconds: unlisted(LeaseSeconds.optional()),
    agent: unlisted(text(100).optional()),
  }),
  output: TaskAnswer.pick({ id: true, status: true }).extend(followed),
  whole: TaskAnswer.extend({ ...followed, _persistence: Persistence }),
  // a repeat claims one more
  hints: { ...sets, idempotentHint: false },
  async run(
    context,
    {
      task_id,
      status,
      result,
      clear_result,
      fence,
      criteria_met,
      waive,
      defer_until,
      claim_next,
      lease_seconds,
      agent,
    },
  ) {
    if (clear_result === true && result !== undefined) {
      throw new GoalAgentError('invalid', 'update_task_status: give result or clear_result, not both.');
    }
    refuseWithoutItsStatus('update_task_status', { status, waive, defer_until });
    refuseWithoutEnd({ status, claim_next, lease_seconds });
    const call = await actingAs(await context.open(), agent);
    const change = {
      taskId: task_id,
      status,
      result: clear_result === true ? null : result,
      fence,
      waive,
      deferUntil: defer_until,
      meet: criteria_met,
    };
    const set: SetTask & { next?: ClaimedTask | undefined } = claim_next
      ? await finishAndClaim(call, { ...change, leaseSeconds: lease_seconds ?? leaseSeconds.default })
      : await setTaskStatus(call, change);
    const { task, openDependencies, madeReady, completedGoals, reopenedGoals, inCancelled, leftWaiting, unmet } = set;
    const isEarly = status === 'completed' && openDependencies > 0;
    const warnings = [
      ...(isEarly
        ? [
            `${task_id} was completed while ${openDependencies} of its dependencies ${openDependencies === 1 ? 'is' : 'are'} not.`,
          ]
        : []),
      ...(inCancelled.length > 0
        ? [`${task_id} was completed, but its goal ${task.goal_id} is cancelled or archived.`]
        : []),
      ...waitingWarning([task_id], leftWaiting),
      ...unmet.map(unmetWarning),
    ];
    return {
      ...(context.isWhole ? taskAnswer(task, new Budget()) : { id: task_id, status: task.status }),
      made_ready: madeReady.slice(0, shownReady),
      ...(completedGoals.length > 0 && { goal_status: 'completed' as const }),
      ...(reopenedGoals.length > 0 && { goal_status: 'in_progress' as const }),
      ...(leftWaiting.length > 0 && { still_waiting: leftWaiting.slice(0, shownReady) }),
      ...(warnings.length > 0 && { warnings }),
      ...(claim_next && (await nextAnswer(call, set))),
      ...(context.isWhole && {
        _persistence: persistence(context.facts().cache.enabled, 'Task saved to PostgreSQL database'),
      }),
    };
  },
});

/** @throws GoalAgentError `invalid`: whoever goes on to the next task has ended this one. */
function refuseWithoutEnd(given: { status: TaskStatus; claim_next: boolean; lease_seconds: number | undefined }): void {
  if (given.claim_next && (given.status === 'pending' || given.status === 'in_progress')) {
    throw new GoalAgentError(
      'invalid',
      `update_task_status: claim_next goes with a status that ends the work, such as completed, and not with ${given.status}.`,
    );
  }
  if (!given.claim_next && given.lease_seconds !== undefined) {
    throw new GoalAgentError(
      'invalid',
      'update_task_status: lease_seconds is that of the task which claim_next takes; claim_tasks renews the lease of this one.',
    );
  }
}

/** The next task of the goal as claim_tasks shows it, or why there is none. */
async function nextAnswer(
  call: Call,
  { next, task: { goal_id }, completedGoals }: SetTask & { next?: ClaimedTask | undefined },
) {
  if (next !== undefined) return { next: claimedAnswer([next])[0] ?? null };
  if (completedGoals.includes(goal_id)) return { next: null, reason: `${goal_id} is completed.` };
  const { reason, come_back_at } = await outlook(call, goal_id);
  return { next: null, reason, ...(come_back_at !== undefined && { come_back_at }) };
}
