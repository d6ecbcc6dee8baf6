import { breakDownGoal } from '../src/service/break-down-goal.ts';
import { createGoal } from '../src/service/goals.ts';
import { setTaskStatus } from '../src/service/set-task-statuses.ts';
import { aSubtask } from '../test/support/builders.ts';
import { measure, ms, quantile, table } from './measure.ts';
import type { Connected, Setting } from './setting.ts';

const processes = 8;
const waitsPerProcess = 5;
const rounds = 200;
const changes = 300;

/**
 * How soon a waiting agent has a task that somebody makes ready, which of several processes gets it, and what a change costs
 * that makes a task ready, while nobody waits and while all do.
 */
export async function benchWaits(setting: Setting, print: (line: string) => void): Promise<void> {
  const { call } = setting;
  const { id: goal } = await createGoal(call, { description: 'awaited', priority: 'high', repos: [], metadata: {} });
  const { id: other } = await createGoal(call, { description: 'not', priority: 'low', repos: [], metadata: {} });
  const alone = await freeTasks(setting, other);
  const servers = await Promise.all(Array.from({ length: processes }, () => setting.connect()));
  const line = new WaitingServers(servers, goal);
  const beside = await freeTasks(setting, other);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const got = line.next();
    await breakDownGoal(call, goal, [aSubtask()]);
    const madeAt = performance.now();
    times.push((await got) - madeAt);
  }
  await line.end();
  const shares = [...line.shares].sort((a, b) => a - b);
  table(
    [
      ['ms', 'p50', 'p99'],
      [`from the answer of the call that makes a task ready to that of a waiting one`, ...cells(times)],
      ['a status that makes a task ready, while nobody waits', ...cells(alone)],
      [`the same, while ${processes * waitsPerProcess} calls of ${processes} processes wait`, ...cells(beside)],
    ],
    print,
  );
  print(`of ${rounds} tasks each of the ${processes} processes got ${shares[0]} to ${shares.at(-1)}`);
}

/** Completes tasks, each of which another one waits for, and says how long each took. */
async function freeTasks({ call }: Setting, goal: string): Promise<number[]> {
  const pairs = Array.from({ length: changes }, (_, n) => [aSubtask(), aSubtask({ dependencies: [`#${2 * n + 1}`] })]);
  const { taskIds } = await breakDownGoal(call, goal, pairs.flat());
  return measure(changes, (n) => setTaskStatus(call, { taskId: taskIds[2 * n] as string, status: 'completed' }));
}

/** Servers in each of which calls wait again and again for tasks of one goal. */
class WaitingServers {
  readonly shares: number[];
  readonly #servers: Connected[];
  readonly #waiting: Promise<void>[];
  #got: (at: number) => void = () => {};
  #isOver = false;

  constructor(servers: Connected[], goal: string) {
    this.#servers = servers;
    this.shares = servers.map(() => 0);
    this.#waiting = servers.flatMap((server, place) =>
      Array.from({ length: waitsPerProcess }, (_, n) =>
        this.#wait(server, place, { goal_id: goal, agent: `${place}.${n}` }),
      ),
    );
  }

  /** When the next call has a task. */
  next(): Promise<number> {
    return new Promise((resolve) => {
      this.#got = resolve;
    });
  }

  async end(): Promise<void> {
    this.#isOver = true;
    // a server whose client is gone answers those who wait
    await Promise.all(this.#servers.map((server) => server.close()));
    await Promise.all(this.#waiting);
  }

  async #wait(server: Connected, place: number, args: Record<string, unknown>): Promise<void> {
    while (!this.#isOver) {
      const { tasks } = await server.call('claim_tasks', { ...args, wait_seconds: 300 });
      if ((tasks as unknown[]).length === 0) continue;
      this.shares[place] = (this.shares[place] ?? 0) + 1;
      this.#got(performance.now());
    }
  }
}

function cells(times: readonly number[]): string[] {
  const sorted = [...times].sort((a, b) => a - b);
  return [ms(quantile(sorted, 0.5)), ms(quantile(sorted, 0.99))];
}
