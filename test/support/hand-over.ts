import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

/** Calls a tool by any face, as carol where no agent is named, and gives its answer. */
export type AskTool = <T>(tool: string, args: Record<string, unknown>) => Promise<T>;

interface Held {
  id: string;
  fence: number;
  lease_expires_at: string;
}
interface Claim {
  tasks: Held[];
}

/** How a first worker leaves a task, and how the second one comes to it. */
const endings = ['released', 'failed', 'lease ran out'] as const;
const ways = ['claim_tasks', 'claim_next'] as const;
export const handOvers = ways.flatMap((way) => endings.map((ending) => ({ way, ending })));
type HandOver = (typeof handOvers)[number];

/** A text that is longer than a hand-over shows, and what it shows of it. */
const long = (start: string) => start.padEnd(400, '.');
const shown = (start: string) => `${long(start).slice(0, 240)}…`;

/** Ann leaves a task, bob gets it next, and is told all that ann, carol and the tasks before it left behind. */
export async function expectHandOver(ask: AskTool, { way, ending }: HandOver): Promise<void> {
  const { goal_id, needed, task, other } = await aPlan(ask);
  await ask('claim_tasks', { task_ids: [other], agent: 'bob' });
  const lease_seconds = ending === 'lease ran out' ? 1 : 60;
  const first = await ask<Claim>('claim_tasks', { task_ids: [task], agent: 'ann', lease_seconds });
  await leave(ask, first.tasks[0] as Held, ending);
  const done = { task_id: other, status: 'completed', agent: 'bob', claim_next: true };
  const second =
    way === 'claim_tasks'
      ? (await ask<Claim>('claim_tasks', { goal_id, agent: 'bob' })).tasks[0]
      : (await ask<{ next: Held }>('update_task_status', done)).next;
  expect(second).toMatchObject({ id: task, claimed_by: 'bob', fence: 2 });
  expect(second).toHaveProperty('hand_over', {
    last_attempt: {
      agent: 'ann',
      ended: ending,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      ...(ending === 'released' && { reason: shown('out of time') }),
    },
    results: needed.slice(0, 5).map((task_id, place) => ({ task_id, result: shown(`result ${place}`) })),
    notes: ['fourth', 'third', 'second'].map((text) => ({ actor: 'carol', text: shown(text) })),
    criteria: [
      { text: 'it is signed', met_by: 'carol' },
      { text: 'it is read', human: true },
    ],
  });
}

/** A task with six completed ones before it, criteria and notes of carol's; and another one, which comes after it. */
async function aPlan(ask: AskTool) {
  const { id: goal_id } = await ask<{ id: string }>('create_goal', { description: 'Move the ledger' });
  const before = Array.from({ length: 6 }, (_, place) => ({ key: `k${place}`, description: `step ${place}` }));
  const criteria = ['it is signed', 'human: it is read'];
  const subtasks = [
    ...before,
    { description: 'the task', priority: 'high', dependencies: before.map(({ key }) => key), criteria },
    { description: 'another', priority: 'low' },
  ];
  const { tasks } = await ask<{ tasks: { id: string }[] }>('break_down_goal', { goal_id, subtasks });
  const needed = tasks.slice(0, 6).map(({ id }) => id);
  const [task, other] = tasks.slice(6).map(({ id }) => id) as [string, string];
  for (const [place, task_id] of needed.entries())
    await ask('update_task_status', { task_id, status: 'completed', result: long(`result ${place}`) });
  for (const text of ['first', 'second', 'third', 'fourth']) await ask('add_note', { task_id: task, text: long(text) });
  await ask('update_task', { task_id: task, meet_criteria: [1] });
  return { goal_id, needed, task, other };
}

/** A worker leaves its task, and it is ready again. */
async function leave(ask: AskTool, { id, fence, lease_expires_at }: Held, ending: HandOver['ending']): Promise<void> {
  if (ending === 'released')
    await ask('release_tasks', { task_ids: [id], agent: 'ann', fence, reason: long('out of time') });
  if (ending === 'failed') {
    await ask('update_task_status', { task_id: id, status: 'failed', agent: 'ann', fence, result: 'no key' });
    await ask('update_task_status', { task_id: id, status: 'pending' });
  }
  if (ending === 'lease ran out') await sleep(Date.parse(lease_expires_at) - Date.now() + 200);
}
