import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import type pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { updateGoal } from '../../../src/service/goals.ts';
import { aGoal, someTasks } from '../../support/builders.ts';
import { aCall } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { type Acknowledged, type Change, violations } from './checker.ts';

const claimers = 50;
const tasks = 5_000;
const leaseSeconds = 0.5;

const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-claims-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('fifty claimers, killed and paused at random, complete each of 5,000 tasks exactly once', {
  timeout: 240_000,
}, async () => {
  const { call, sql, connection } = await aCall();
  for (let block = 0; block < tasks / 1000; block += 1) {
    const goal = await aGoal(call);
    await updateGoal(call, goal, { metadata: { max_attempts: 1_000_000 } });
    await someTasks(call, goal, 1000);
  }
  const program = await bundleWorker();
  const running = new Set<ChildProcess>();
  let started = 0;
  const broken: string[] = [];
  const start = () => {
    const agent = `claimer-${started++}`;
    const setting = { connection, agent, file: path.join(folder, `${agent}.jsonl`), leaseSeconds };
    const child = spawn(process.execPath, [program, JSON.stringify(setting)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    running.add(child);
    child.once('exit', (code) => {
      running.delete(child);
      if (code) broken.push(`${agent} ended with ${code}`);
    });
  };
  for (let n = 0; n < claimers; n += 1) start();
  while ((await openTasks(sql)) > 0) {
    await sleep(150);
    expect(broken).toEqual([]);
    const [victim] = [...running].toSorted(() => Math.random() - 0.5);
    if (victim?.kill('SIGKILL')) start();
  }
  while (running.size > 0) await sleep(50);

  const told = acknowledged();
  expect(violations(await histories(sql), told)).toEqual([]);
  expect(await brokenInvariants(sql)).toEqual({});
  // the storm was one: leases ran out, and some who came back late were refused
  expect(started).toBeGreaterThan(claimers);
  expect((await sql.query("select from events where action = 'lease_ended'")).rowCount).toBeGreaterThan(0);
});

async function bundleWorker(): Promise<string> {
  // two levels below the project, as the program is: it looks for the migrations from there
  const outfile = path.resolve(import.meta.dirname, '../../../dist/test/claimer.mjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['pg-native', 'node-pg-migrate'],
    logLevel: 'error',
    banner: {
      js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
    },
  });
  return outfile;
}

async function openTasks(sql: pg.Client): Promise<number> {
  return (await sql.query("select count(*)::int4 as open from tasks where status <> 'completed'")).rows[0].open;
}

function acknowledged(): Acknowledged[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) => readFileSync(path.join(folder, file), 'utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line));
}

async function histories(sql: pg.Client): Promise<Map<string, Change[]>> {
  const { rows } = await sql.query(`
    select e.task_id, e.action, o.actor, o.at, e.after ->> 'status' as status, e.after ->> 'claimed_by' as "claimedBy",
      (e.after ->> 'lease_expires_at')::timestamptz as "leaseEndsAt", (e.after ->> 'fence')::int4 as fence
    from events e
    join operations o on o.workspace_id = e.workspace_id and o.seq = e.operation
    where e.task_id is not null
    order by e.task_id, e.seq`);
  const byTask = new Map<string, Change[]>();
  for (const { task_id, ...change } of rows) {
    const earlier = byTask.get(task_id) ?? [];
    // an event tells what changed: what it does not tell is as it was
    byTask.set(task_id, [...earlier, { ...change, fence: change.fence ?? earlier.at(-1)?.fence ?? 0 }]);
  }
  return byTask;
}
