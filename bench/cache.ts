import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { breakDownGoal } from '../src/service/break-down-goal.ts';
import { CachedReads } from '../src/service/cached-reads.ts';
import type { Call, PoolCall } from '../src/service/call.ts';
import { createGoal, getGoal } from '../src/service/goals.ts';
import { generatePlan } from '../src/service/plans.ts';
import { setTaskStatus } from '../src/service/set-task-statuses.ts';
import { getTask } from '../src/service/tasks.ts';
import { openStore } from '../src/store/store.ts';
import { aSubtask } from '../test/support/builders.ts';
import { findRedis } from '../test/support/redis.ts';
import { measure, median, ms, table } from './measure.ts';
import type { Setting } from './setting.ts';
import { slowWay } from './slow-way.ts';

const busyRuns = 1_000;
const restedRuns = 60;
/** A rest between calls, as agents take it. */
const restMs = 30;

/** Reads and writes of the service with and without the cache, PostgreSQL near and 2 ms away. */
export async function benchCache(setting: Setting, print: (line: string) => void): Promise<void> {
  const program = findRedis();
  if (program === undefined) return print('cache: left out, since there is no redis-server');
  const redis = await startRedis(program);
  const { connection } = setting;
  const socket = path.join(String(connection.host), `.s.PGSQL.${connection.port}`);
  const slow = await slowWay({ path: socket }, 1);
  try {
    await compare('PostgreSQL on this machine', { connection, port: redis.port }, print);
    print('');
    const far = { ...connection, host: '127.0.0.1', port: slow.port };
    await compare('PostgreSQL 2 ms away', { connection: far, port: redis.port }, print);
  } finally {
    slow.close();
    redis.stop();
  }
}

async function compare(
  title: string,
  { connection, port }: { connection: pg.ClientConfig; port: number },
  print: (line: string) => void,
): Promise<void> {
  const plain = await openCall(connection);
  const withCache = await openCall(connection);
  const address = { host: '127.0.0.1', port, database: 0, tls: false };
  const cached = await CachedReads.open(withCache.store, { address, format: 'bench', onChange: () => {} });
  const call: PoolCall = { ...withCache, cached };
  while (!cached.status().enabled) await sleep(20);
  const rows: (string | number)[][] = [[`${title} (ms, p50)`, 'without', 'with', '', 'rested without', 'with', '']];
  for (const [name, work] of await cases(plain)) {
    const without = median(await measure(busyRuns, (run) => work(plain, run)));
    const busy = median(await measure(busyRuns, (run) => work(call, run)));
    const restedWithout = median(await rests(work, plain));
    const rested = median(await rests(work, call));
    rows.push([name, without, busy, verdict(without, busy), restedWithout, rested, verdict(restedWithout, rested)]);
  }
  table(rows, print);
  const { hits, misses } = cached.status();
  print(`hits ${hits}, misses ${misses}`);
  cached.close();
  await plain.store.database.close();
  await call.store.database.close();
}

type Work = (call: Call, run: number) => Promise<unknown>;

async function cases(call: Call): Promise<[string, Work][]> {
  const goal = (await createGoal(call, { description: 'a goal', priority: 'medium', repos: [], metadata: {} })).id;
  const subtasks = Array.from({ length: 50 }, (_, n) =>
    aSubtask({ description: `task ${n}`, dependencies: n % 5 === 0 ? [] : [`#${n}`] }),
  );
  const { taskIds } = await breakDownGoal(call, goal, subtasks);
  const task = taskIds[0] as string;
  const status = (run: number) => (run % 2 === 0 ? ('in_progress' as const) : ('pending' as const));
  return [
    ['get_task', (c) => getTask(c, task)],
    ['get_goal, 50 tasks', (c) => getGoal(c, goal)],
    ['generate_execution_plan, 50 tasks', (c) => generatePlan(c, goal)],
    ['update_task_status', (c, run) => setTaskStatus(c, { taskId: task, status: status(run) })],
  ];
}

async function rests(work: Work, call: Call): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < restedRuns; run += 1) {
    await sleep(restMs);
    times.push(...(await measure(1, () => work(call, run))));
  }
  return times.sort((a, b) => a - b);
}

function verdict(without: number, withIt: number): string {
  const gain = without - withIt;
  return Math.abs(gain) < without * 0.1 ? 'even' : `${gain > 0 ? 'pays' : 'costs'} ${ms(Math.abs(gain))}`;
}

async function openCall(connection: pg.ClientConfig): Promise<PoolCall> {
  const store = await openStore({
    connect: async () => connection,
    workspace: 'default',
    poolSize: 10,
    maxOverflow: 20,
    timeoutMs: 60_000,
    prepared: true,
    warn: () => {},
  });
  return { store, actor: 'bench' };
}

async function startRedis(program: string) {
  const directory = mkdtempSync(path.join(tmpdir(), 'goal-agent-bench-redis-'));
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory];
  const child = spawn(program, settings, { stdio: 'ignore' });
  return {
    port,
    stop() {
      child.kill('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
