import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../../src/service/call.ts';
import { type ClaimedTask, claimTasks, releaseTasks } from '../../../src/service/claims.ts';
import { setTaskStatuses } from '../../../src/service/set-task-statuses.ts';
import { readWorkspaceState } from '../../../src/service/workspace-state.ts';
import type { Record } from './record.ts';

/** How agents behave. Shares are between 0 and 1. */
export interface Habits {
  leaseSeconds: number;
  /** Tasks that an agent claims at once, at most. */
  limit: number;
  /** A task is given back until it was claimed so often, and then completed, but for the share that is given back all the same. */
  claimsOfEach: number;
  givesBack: number;
  /** Of times that an agent sleeps over its leases. */
  oversleeps: number;
  /** Of claims by name, all agents at one moment of the same task. */
  wantsTheSame: number;
  /** The numbers of the tasks, the first and the last. */
  tasks: [first: number, last: number];
}

/** A task, and the fence that it is held under. */
type Holding = Pick<ClaimedTask, 'id' | 'fence'>;

/** One agent: it claims, works or oversleeps, and completes or gives back, until no task is open. Its number is its Jepsen process. */
export async function work(agent: { call: Call; process: number; record: Record; habits: Habits }): Promise<void> {
  const { call, habits } = agent;
  for (;;) {
    const claimed = await claim(agent);
    if (claimed.length === 0) {
      if ((await readWorkspaceState(call)).openTasks === 0) return;
      await sleep(20 + Math.random() * 40);
      continue;
    }
    if (Math.random() < habits.oversleeps) await sleep(habits.leaseSeconds * 1000 * (1 + Math.random()));
    await finish(agent, Math.random() < 0.05 ? await extend(agent, claimed) : claimed);
  }
}

type Agent = Parameters<typeof work>[0];

async function claim({ call, process, record, habits }: Agent): Promise<Holding[]> {
  const { leaseSeconds } = habits;
  const named = Math.random() < habits.wantsTheSame ? taskOfTheMoment(habits) : null;
  const limit = named === null ? 1 + Math.floor(Math.random() * habits.limit) : 1;
  record.invoke(process, 'claim', named, { limit, lease: leaseSeconds * 1e9 });
  const claimed = await claimTasks(call, { limit, leaseSeconds, ...(named !== null && { taskIds: [named] }) });
  if (claimed.some(({ renewed }) => renewed)) throw new Error(`${named} was renewed by an agent that held nothing`);
  if (claimed.length === 0) record.fail(process, 'claim', named);
  else
    record.ok(
      process,
      'claim',
      claimed.map((task) => heldAs(record, task)),
    );
  return claimed;
}

/** The same for every agent of every process. */
function taskOfTheMoment({ tasks: [first, last] }: Habits): string {
  return `TASK-${String(first + (Math.floor(Date.now() / 20) % (last - first + 1))).padStart(4, '0')}`;
}

/** Makes the first lease longer. Where it has run out the task may be claimed anew, under another fence. */
async function extend({ call, process, record, habits }: Agent, claimed: Holding[]): Promise<Holding[]> {
  const [first, ...others] = claimed as [Holding, ...Holding[]];
  const { leaseSeconds } = habits;
  const { id, fence } = first;
  record.invoke(process, 'extend', [id, fence], { lease: leaseSeconds * 1e9 });
  const [task] = await claimTasks(call, { taskIds: [id], fence, limit: 1, leaseSeconds });
  if (task === undefined) record.fail(process, 'extend', [id, fence]);
  else record.ok(process, 'extend', heldAs(record, task));
  return [task ?? first, ...others];
}

function heldAs(record: Record, { id, fence, lease_expires_at }: ClaimedTask): [string, number, number] {
  return [id, fence, record.timeOf(lease_expires_at)];
}

async function finish(agent: Agent, claimed: Holding[]): Promise<void> {
  const { claimsOfEach, givesBack } = agent.habits;
  const ends = claimed.map((task) => ({
    ...task,
    isGivenBack: task.fence < claimsOfEach || Math.random() < givesBack,
  }));
  const [first, ...others] = ends;
  if (first?.isGivenBack && others.length === 0 && Math.random() < 0.5) await release(agent, first);
  else await setStatuses(agent, ends);
}

async function release({ call, process, record }: Agent, { id, fence }: Holding): Promise<void> {
  record.invoke(process, 'release', [id, fence]);
  const { released } = await releaseTasks(call, { taskIds: [id], fence });
  if (released.length === 0) record.fail(process, 'release', [id, fence]);
  else record.ok(process, 'release', [id, fence]);
}

async function setStatuses(
  { call, process, record }: Agent,
  ends: (Holding & { isGivenBack: boolean })[],
): Promise<void> {
  const parts = ends.map(({ id, fence, isGivenBack }) => [isGivenBack ? ':give-back' : ':complete', id, fence]);
  record.invoke(process, 'set', parts);
  const { changed } = await setTaskStatuses(
    call,
    ends.map(({ id, fence, isGivenBack }) => ({ taskId: id, fence, status: isGivenBack ? 'pending' : 'completed' })),
  );
  const outcomes = ends.map(({ id }) => (changed.includes(id) ? ':done' : ':refused'));
  record.ok(
    process,
    'set',
    parts.map((part, place) => [...part, outcomes[place] ?? ':refused']),
  );
}
