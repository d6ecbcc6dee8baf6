import { breakDownGoal } from '../src/service/break-down-goal.ts';
import { createGoal } from '../src/service/goals.ts';
import { aSubtask } from '../test/support/builders.ts';
import { median, quantile, table } from './measure.ts';
import type { Connected, Setting } from './setting.ts';

const rounds = 20;
const perRound = 50;

interface Held {
  id: string;
  fence: number;
}
type Step = (server: Connected, goal_id: string, held: Held) => Promise<Held>;

const twoCalls: Step = async (server, goal_id, { id, fence }) => {
  await server.call('update_task_status', { task_id: id, status: 'completed', result: 'done', fence });
  return firstOf(await server.call('claim_tasks', { goal_id }));
};

const oneCall: Step = async (server, _goal, { id, fence }) => {
  const done = { task_id: id, status: 'completed', result: 'done', fence, claim_next: true };
  return (await server.call('update_task_status', done)).next as Held;
};

/** To finish a task and take the next one: in two calls, and in one, by turns, over stdio. */
export async function benchNext({ call, connect }: Setting, print: (line: string) => void): Promise<void> {
  const server = await connect();
  const { id: goal } = await createGoal(call, { description: 'a goal', priority: 'medium', repos: [], metadata: {} });
  const count = 2 * (rounds + 1) * perRound + 1;
  for (let made = 0; made < count; made += 1_000)
    await breakDownGoal(
      call,
      goal,
      Array.from({ length: Math.min(1_000, count - made) }, () => aSubtask()),
    );
  let held = firstOf(await server.call('claim_tasks', { goal_id: goal }));
  const run = async (step: Step) => {
    const times: number[] = [];
    for (let n = 0; n < perRound; n += 1) {
      const start = performance.now();
      held = await step(server, goal, held);
      times.push(performance.now() - start);
    }
    return times;
  };
  const two: number[] = [];
  const one: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const [inTwo, inOne] = [await run(twoCalls), await run(oneCall)];
    // the first round only warms up
    if (round > 0)
      for (const [all, some] of [
        [two, inTwo],
        [one, inOne],
      ] as const)
        all.push(...some);
  }
  await server.close();
  const row = (what: string, times: number[]) => {
    times.sort((a, b) => a - b);
    return [what, median(times), quantile(times, 0.99)];
  };
  table(
    [
      ['finish a task and take the next (ms)', 'p50', 'p99'],
      row('update_task_status, then claim_tasks', two),
      row('update_task_status with claim_next', one),
    ],
    print,
  );
}

function firstOf({ tasks }: Record<string, unknown>): Held {
  const [first] = tasks as Held[];
  if (first === undefined) throw new Error('nothing is left to claim');
  return first;
}
