import { z } from 'zod';
import { leaseSeconds } from '../domain/claims.ts';
import { closedStatuses } from '../domain/closed-goal.ts';
import { GoalAgentError } from '../domain/errors.ts';
import { GoalId, TaskId } from '../domain/ids.ts';
import { LabelFilter } from '../domain/labels.ts';
import { limits } from '../domain/limits.ts';
import { longestName, named, quoted } from '../domain/stored-text.ts';
import { text } from '../domain/text.ts';
import { actingAs, actorFor } from '../service/acting-as.ts';
import {
  claimTasks as claim,
  findClaims,
  findOutlook,
  outlookAtMost,
  readyTasks,
  releaseTasks as release,
} from '../service/claims.ts';
import { findHeldUp, listHeldUp } from '../service/held-up.ts';
import { makeDueGoals } from '../service/templates/recurring.ts';
import { Fence, notTheFence, refuseFenceOfMany } from './answers/claim-fence.ts';
import { Claimed, claimedAnswer } from './answers/claimed-answer.ts';
import { heldUpAnswer, heldUpShape, waitsOf } from './answers/held-up-answer.ts';
import { adds, defineTool, WaitSeconds } from './define/define-tool.ts';
import { takeOnce, type Waiting } from './define/run-waiting.ts';

export const LeaseSeconds = z.number().min(leaseSeconds.least).max(leaseSeconds.most);

/** Tasks that one call may claim. */
const claimedAtOnce = 50;

const input = z.strictObject({
  goal_id: GoalId.optional(),
  labels: LabelFilter,
  task_ids: z.array(TaskId).min(1).max(claimedAtOnce).optional(),
  limit: z.number().int().min(1).max(claimedAtOnce).default(1),
  lease_seconds: LeaseSeconds.default(leaseSeconds.default),
  wait_seconds: WaitSeconds.optional(),
  fence: Fence.optional(),
  agent: text(100).optional(),
});
type Input = z.output<typeof input>;

const output = z.object({
  tasks: z.array(Claimed),
  reason: z.string().optional(),
  come_back_at: z.string().optional(),
  waiting: z.array(z.object({ task_id: z.string(), waits_for: z.array(z.string()) })).optional(),
  ...heldUpShape,
  renewed: z.array(z.object({ task_id: z.string(), reason: z.string() })).optional(),
  not_claimed: z.array(z.object({ task_id: z.string(), reason: z.string() })).optional(),
});
type Answer = z.input<typeof output>;

const waiting: Waiting<Input, Answer> = {
  wait({ wait_seconds: seconds = 0 }) {
    return seconds === 0 ? undefined : { seconds, awaited: readyTasks };
  },
  // a task that is named may be its holder's to renew
  scope: (call, { goal_id, labels, task_ids, agent }) =>
    JSON.stringify(task_ids === undefined ? [goal_id, labels] : [task_ids, actorFor(call, agent)]),
  async isInVain(call, { task_ids }) {
    return task_ids !== undefined && !(await findClaims(call, task_ids)).some(mayBecomeReady);
  },
  async attempt(caller, input) {
    const { goal_id, labels, limit, lease_seconds, fence, agent } = input;
    const taskIds = namedTasks(input);
    const call = await actingAs(caller, agent);
    const claimed = await claim(call, { goalId: goal_id, labels, taskIds, limit, leaseSeconds: lease_seconds, fence });
    if (claimed.length === 0) return undefined;
    const tasks = claimedAnswer(claimed);
    if (taskIds === undefined) return { tasks };
    const missed = taskIds.filter((id) => !claimed.some((task) => task.id === id));
    const renewed = claimed.filter((task) => task.renewed).map((task) => renewal(task, fence));
    return {
      tasks,
      ...(renewed.length > 0 && { renewed }),
      ...(missed.length > 0 && { not_claimed: await reasons(call, missed, fence) }),
    };
  },
  async nothing(call, input) {
    const { goal_id, labels, fence } = input;
    const taskIds = namedTasks(input);
    if (taskIds !== undefined) return { tasks: [], not_claimed: await reasons(call, taskIds, fence) };
    const known = await outlook(call, goal_id);
    if (labels === undefined) return { tasks: [], ...known, ...heldUpAnswer(await listHeldUp(call, goal_id)) };
    // what is counted without a look at labels may be ready for somebody else
    const { come_back_at } = known;
    return { tasks: [], reason: noneLabelled(labels), ...(come_back_at !== undefined && { come_back_at }) };
  },
  async giveBack(caller, { agent }, { tasks }) {
    const call = await actingAs(caller, agent);
    await release(call, { taskIds: tasks.map(({ id }) => id), reason: 'the caller was gone when the wait was over' });
  },
};

export const claimTasks = defineTool({
  name: 'claim_tasks',
  description:
    'Take ready tasks: no other agent works on them while your lease runs. Claim again to renew. Give the fence to update_task_status.',
  input,
  output,
  hints: adds,
  async run(context, input) {
    const call = await context.open();
    const answer = await takeOnce(waiting, call, input);
    const isDue = answer.come_back_at !== undefined && Date.parse(answer.come_back_at) <= Date.now();
    // a goal that comes back may be due, and nobody else has looked
    return isDue && (await makeDueGoals(call)) ? takeOnce(waiting, call, input) : answer;
  },
  waiting,
});

/** @throws GoalAgentError `invalid` where the arguments contradict each other. */
function namedTasks({ goal_id, labels, task_ids, fence }: Input): string[] | undefined {
  if (goal_id !== undefined && task_ids !== undefined) {
    throw new GoalAgentError('invalid', 'claim_tasks: give goal_id or task_ids, not both.');
  }
  if (labels !== undefined && task_ids !== undefined) {
    throw new GoalAgentError('invalid', 'claim_tasks: give labels or task_ids, not both.');
  }
  const taskIds = task_ids && [...new Set(task_ids)];
  refuseFenceOfMany('claim_tasks', taskIds, fence);
  return taskIds;
}

/** Whether a task that cannot be claimed now may be ready without anybody taking it up again. */
function mayBecomeReady({ status, parked }: Awaited<ReturnType<typeof findClaims>>[number]): boolean {
  return !parked && ['pending', 'in_progress', 'deferred'].includes(status);
}

type Call = Parameters<typeof claim>[0];

/** Several agents may share a process, and its name: whoever did not claim the task must see that somebody holds it. */
function renewal({ id, claimed_by }: Awaited<ReturnType<typeof claim>>[number], fence: number | undefined) {
  const holder = named(claimed_by ?? '', longestName);
  const advice = fence === undefined ? ' If that was not you, leave it.' : '';
  return { task_id: id, reason: `it was held already, by ${holder}; only its lease was renewed.${advice}` };
}

async function reasons(call: Call, taskIds: string[], fence: number | undefined) {
  const found = new Map((await findClaims(call, taskIds)).map((row) => [row.id, row]));
  const heldUp = await findHeldUp(call, taskIds);
  return taskIds.map((task_id) => {
    const row = found.get(task_id);
    if (row === undefined) return { task_id, reason: 'it does not exist' };
    return { task_id, reason: reasonOf(row, { fence, heldUpBy: waitsOf(heldUp, task_id) }) };
  });
}

function reasonOf(
  row: Awaited<ReturnType<typeof findClaims>>[number],
  { fence, heldUpBy }: { fence: number | undefined; heldUpBy: string[] },
): string {
  const said = notTheFence(row, fence);
  if (said !== undefined) return said;
  if (row.claimed_by !== null)
    return `it is claimed by ${named(row.claimed_by, longestName)} until ${row.lease_expires_at}`;
  if (row.parked) return `its goal, or a goal above it, is ${closedStatuses}`;
  if (row.status === 'in_progress')
    return `it is in_progress and held by nobody; it can be claimed by its ID from ${row.stale_at} on, or set it to pending`;
  if (row.status !== 'pending') return `it is ${row.status}; set it to pending first`;
  if (row.open_dependencies === 0) return 'another agent was taking it at this moment; try again';
  if (heldUpBy.length > 0) return `it waits for ${heldUpBy.join(', ')}`;
  return `it waits for ${row.open_dependencies} ${row.open_dependencies === 1 ? 'task' : 'tasks'}`;
}

/** The store counts no further than a bound. */
function counted(count: number): string {
  return count > outlookAtMost ? `more than ${outlookAtMost}` : String(count);
}

/** `No ready task has the labels "ui" and "api".` */
function noneLabelled(labels: string[]): string {
  const named = labels.map((label) => quoted(label, limits.label)).join(' and ');
  return `No ready task has the ${labels.length === 1 ? 'label' : 'labels'} ${named}.`;
}

/** Why there is nothing to claim, and when it is worth coming back. */
export async function outlook(call: Call, goalId: string | undefined) {
  const {
    pending,
    in_progress,
    blocked,
    failed,
    deferred,
    parked,
    next_lease_task,
    next_lease_agent,
    next_lease_ends_at,
    next_deferral_ends_at,
    next_goal_comes_at,
    waiting,
  } = await findOutlook(call, goalId);
  const parts = [
    [pending, 'waiting for other tasks'],
    [in_progress, 'in progress'],
    [blocked, 'blocked'],
    [failed, 'failed'],
    [deferred, 'deferred'],
    [parked, `in goals that are ${closedStatuses}, or under one`],
  ] as const;
  const open = parts.flatMap(([count, words]) => (count > 0 ? [`${counted(count)} ${words}`] : []));
  const moments = [next_lease_ends_at, next_deferral_ends_at, next_goal_comes_at];
  const [comeBackAt] = moments.filter((at) => at !== null).sort();
  const lease =
    next_lease_task === null
      ? ''
      : ` The lease of ${next_lease_task} (${named(next_lease_agent ?? '', longestName)}) ends first.`;
  return {
    reason: open.length === 0 ? 'Nothing is open.' : `Nothing is ready: ${open.join(', ')}.${lease}`,
    ...(comeBackAt !== undefined && { come_back_at: comeBackAt }),
    waiting: waiting as { task_id: string; waits_for: string[] }[],
  };
}
