import pg from 'pg';
import { breakDownGoal } from '../src/service/break-down-goal.ts';
import type { Call } from '../src/service/call.ts';
import { claimTasks } from '../src/service/claims.ts';
import { createGoal } from '../src/service/goals.ts';
import { setTaskStatus } from '../src/service/set-task-statuses.ts';
import { aSubtask } from '../test/support/builders.ts';
import { Figures, median, table } from './measure.ts';
import type { Setting } from './setting.ts';

const perCall = 1_000;
const agents = 32;

/** What changes write, what a task takes, and what many at one goal and an old snapshot do to them. */
export async function benchCore({ call, connection }: Setting, print: (line: string) => void): Promise<void> {
  const sql = new pg.Client(connection);
  await sql.connect();
  try {
    await writtenBy(call, sql, print);
    await storePerTask(call, sql, print);
    await completions(call, print);
    await underASnapshot(call, sql, print);
  } finally {
    await sql.end();
  }
}

const words = (count: number) => Array.from({ length: count }, (_, n) => `word${(n * 7_919) % 50_000}`).join(' ');

/** Bytes of the log for each run, without the whole pages that follow a checkpoint. */
async function writtenBy(call: Call, sql: pg.Client, print: (line: string) => void): Promise<void> {
  const tasks = await addTasks(call, 1, 200, words(300));
  const runs = 100;
  const bytes = async (work: (taskId: string) => Promise<unknown>) => {
    const lsn = async () => (await sql.query('select pg_current_wal_insert_lsn()::text as at')).rows[0].at;
    const before = await lsn();
    for (const taskId of tasks.slice(0, runs)) await work(taskId);
    const { rows } = await sql.query('select pg_wal_lsn_diff($1, $2)::int8 as bytes', [await lsn(), before]);
    return Number(rows[0].bytes) / runs / 1_000;
  };
  await sql.query('checkpoint');
  for (const taskId of tasks) await setTaskStatus(call, { taskId, status: 'blocked' });
  for (const taskId of tasks) await setTaskStatus(call, { taskId, status: 'pending' });
  const claim = (taskId: string) => claimTasks(call, { taskIds: [taskId], limit: 1, leaseSeconds: 900 });
  table(
    [
      ['written to the log, descriptions of 300 words', 'kB'],
      ['claim', await bytes(claim)],
      ['heartbeat', await bytes(claim)],
      ['status', await bytes((taskId) => setTaskStatus(call, { taskId, status: 'completed' }))],
    ],
    print,
  );
}

async function storePerTask(call: Call, sql: pg.Client, print: (line: string) => void): Promise<void> {
  const size = async () => {
    await sql.query('vacuum analyze');
    return Number((await sql.query('select pg_database_size(current_database()) as bytes')).rows[0].bytes);
  };
  const count = 10_000;
  const before = await size();
  const tasks = await addTasks(call, 10, count, words(25).slice(0, 150));
  for (const taskId of tasks) {
    await claimTasks(call, { taskIds: [taskId], limit: 1, leaseSeconds: 900 });
    await setTaskStatus(call, { taskId, status: 'completed' });
  }
  const each = ((await size()) - before) / count / 1_000;
  table(
    [
      ['store of a task that was made, claimed and completed', 'kB'],
      ['150 characters', each],
    ],
    print,
  );
}

async function completions(call: Call, print: (line: string) => void): Promise<void> {
  const perAgent = 40;
  const rate = async (goals: number) => {
    const tasks = await addTasks(call, goals, agents * perAgent, 'a task');
    const queues = Array.from({ length: agents }, (_, n) => tasks.filter((_, place) => place % agents === n));
    const figures = new Figures();
    await figures.add(queues, tasks.length, async (queue) => {
      const start = performance.now();
      const taskId = queue.pop();
      if (taskId !== undefined) await setTaskStatus(call, { taskId, status: 'completed' });
      return performance.now() - start;
    });
    return tasks.length / (figures.elapsedMs / 1_000);
  };
  await rate(1);
  const one: number[] = [];
  const own: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    one.push(await rate(1));
    own.push(await rate(agents));
  }
  const [shared, apart] = [median(one.toSorted((a, b) => a - b)), median(own.toSorted((a, b) => a - b))];
  table(
    [
      [`completions by ${agents} agents`, 'per second', 'of a goal each'],
      ['tasks of one goal', shared, shared / apart],
      ['a goal each', apart, 1],
    ],
    print,
  );
}

/** A dump, or an export, keeps an old snapshot: what was ready then cannot be cleaned away. */
async function underASnapshot(call: Call, sql: pg.Client, print: (line: string) => void): Promise<void> {
  const count = 30_000;
  await addTasks(call, count / perCall, count, 'a task');
  await sql.query('begin isolation level repeatable read');
  await sql.query('select count(*) from tasks');
  const times: number[] = [];
  while (times.length < count / 50) {
    const start = performance.now();
    await claimTasks(call, { limit: 50, leaseSeconds: 900 });
    times.push(performance.now() - start);
  }
  await sql.query('commit');
  const part = (start: number) => median(times.slice(start, start + 50).toSorted((a, b) => a - b));
  const [first, last] = [part(0), part(times.length - 50)];
  table(
    [
      ['claims of 50 under an old snapshot', 'p50 (ms)'],
      ['the first', first],
      [`after ${count.toLocaleString('en')}`, last],
      ['last / first', last / first],
    ],
    print,
  );
}

async function addTasks(call: Call, goals: number, count: number, description: string): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < goals; n += 1) {
    const goal = await createGoal(call, { description: 'bench', priority: 'medium', repos: [], metadata: {} });
    const share = count / goals;
    for (let left = share; left > 0; left -= perCall) {
      const subtasks = Array.from({ length: Math.min(perCall, left) }, () => aSubtask({ description }));
      ids.push(...(await breakDownGoal(call, goal.id, subtasks)).taskIds);
    }
  }
  return ids;
}
