import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Call } from '../../../src/service/call.ts';
import { updateGoal } from '../../../src/service/goals.ts';
import { aGoal, someTasks } from '../../support/builders.ts';
import { aCall } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { isAtLength, repeats, tell } from '../../support/proof.ts';
import type { Habits } from './agent.ts';
import { gatherHistory } from './history-file.ts';
import { type Judgement, judgeHistory } from './linearizability/judge-history.ts';
import { acknowledgedIn } from './store/acknowledged.ts';
import { readChanges } from './store/read-changes.ts';
import { violations } from './store/violations.ts';
import { rage, type Storm } from './storm.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-claims-'));
/** The last history is kept for other tools. */
const kept = path.resolve(import.meta.dirname, '../../../dist/test/claims.edn');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let call: Call;
let sql: pg.Client;
let connection: pg.ClientConfig;

beforeAll(async () => {
  ({ call, sql, connection } = await aCall());
});
beforeEach(() => sql.query('truncate goals, tasks, task_dependencies, notes, operations, events cascade'));

const habits = { leaseSeconds: 0.5, oversleeps: 0.02, wantsTheSame: 0.1, givesBack: 0.02 };
const noTimeout = { timeout: 0 };

it('many processes, killed and paused at random, complete each of their tasks exactly once', noTimeout, async () => {
  const [processes, tasks] = isAtLength ? [50, 5_000] : [16, 800];
  const storm = { processes, agents: 1, connections: 1, killEveryMs: 250, killFrom: 1_000 };
  const { started, judgement } = await run(storm, { ...habits, limit: 1, claimsOfEach: 1, leaseSeconds: 1 }, tasks);
  tell('claims, many processes', counts(judgement, { started }));
  // the storm was one: leases ran out, and some who came back late were refused
  expect(started).toBeGreaterThan(storm.processes);
  expect((await sql.query("select from events where action = 'lease_ended'")).rowCount).toBeGreaterThan(0);
});

it('a million claims of tasks that are given back and claimed again have never two holders', noTimeout, async () => {
  const rounds = repeats('rounds', { briefly: 1, atLength: 21 });
  const kills = isAtLength ? { killEveryMs: 1_000, killFrom: 250_000 } : { killEveryMs: 600, killFrom: 100_000 };
  const storm = { processes: 3, agents: 16, connections: 3, ...kills };
  const sum = { lines: 0, operations: 0, claims: 0, refused: 0, unanswered: 0, started: 0 };
  for (let round = 0; round < rounds; round += 1) {
    await sql.query('truncate goals, tasks, task_dependencies, notes, operations, events cascade');
    const tasks = isAtLength ? 1_000 : 120;
    const { started, judgement } = await run(storm, { ...habits, limit: 6, claimsOfEach: 50 }, tasks);
    for (const key of ['lines', 'operations', 'claims', 'refused', 'unanswered'] as const) sum[key] += judgement[key];
    sum.started += started;
    if (isAtLength) process.stderr.write(`round ${round + 1} of ${rounds}: ${sum.claims} claims\n`);
  }
  tell('claims, many agents', counts({ ...sum, violations: [] }, sum));
  expect(sum.refused).toBeGreaterThan(0);
  expect(sum.unanswered).toBeGreaterThan(0);
});

/** Lets a storm rage until as many tasks are completed, and has what happened judged twice. */
async function run(
  storm: Omit<Storm, 'connection' | 'habits' | 'folder'>,
  habits: Omit<Habits, 'tasks'>,
  count: number,
) {
  const tasks = await newTasks(count);
  const lines = mkdtempSync(path.join(folder, 'round-'));
  const { started, failed } = await rage(
    { ...storm, connection, habits: { ...habits, tasks }, folder: lines },
    hasOpenTasks,
  );
  expect(failed).toEqual([]);
  const file = path.join(folder, 'history.edn');
  await gatherHistory(lines, file);
  mkdirSync(path.dirname(kept), { recursive: true });
  copyFileSync(file, kept);
  rmSync(lines, { recursive: true });
  // by what the store says of itself, and by what its clients saw
  expect(violations(await readChanges(sql), acknowledgedIn(file))).toEqual([]);
  const judgement = await judgeHistory(file);
  expect(judgement.violations).toEqual([]);
  expect(await brokenInvariants(sql)).toEqual({});
  return { started, judgement };
}

/** As many tasks that wait for nothing: the numbers of the first and the last. */
async function newTasks(count: number): Promise<[number, number]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const goal = await aGoal(call);
    await updateGoal(call, goal, { metadata: { max_attempts: 1_000_000 } });
    ids.push(...(await someTasks(call, goal, Math.min(1_000, count - ids.length))));
  }
  const numbers = ids.map((id) => Number(id.slice('TASK-'.length)));
  return [Math.min(...numbers), Math.max(...numbers)];
}

async function hasOpenTasks(): Promise<boolean> {
  return (await sql.query("select from tasks where status <> 'completed' limit 1")).rowCount !== 0;
}

function counts(
  { lines, operations, claims, refused, unanswered, violations: faults }: Judgement,
  { started }: { started: number },
) {
  return {
    claims,
    'double holders or other faults': faults.length,
    'calls of late holders refused': refused,
    'calls never answered': unanswered,
    'operations judged': operations,
    'lines of history': lines,
    processes: started,
  };
}
