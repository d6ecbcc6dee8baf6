import pg from 'pg';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { PoolCall } from '../../../src/service/call.ts';
import { updateGoal } from '../../../src/service/goals.ts';
import { afterFile } from '../../support/after-file.ts';
import { aGoal, someTasks } from '../../support/builders.ts';
import { aStore } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { isAtLength, repeats, tell } from '../../support/proof.ts';
import { findServerPostgres, type ServerPostgres, startServerPostgres } from '../../support/server-postgres.ts';
import { type Disturbance, type Disturbed, disturbances } from './disturbances.ts';
import { aLoad, type Load } from './load.ts';

const agents = 8;
/** Before, during and after a disturbance there are as many windows of work, by turns on the disturbed server and on one that nobody disturbs. */
const windows = repeats('rounds', { briefly: 1, atLength: 15 });
const windowMs = isAtLength ? 2_000 : 100;
/** An agent's call ends after so long, whatever the database does. */
const timeoutMs = isAtLength ? 5_000 : 1_000;

interface Side extends Disturbed {
  call: PoolCall;
  load: Load;
}

describe.skipIf(findServerPostgres() === undefined)('agents that claim and complete go on as before, after', () => {
  let disturbed: Side;
  let control: Side;

  beforeAll(async () => {
    disturbed = await aSide();
    control = await aSide();
  });

  it.each(Object.entries(disturbances))('%s', { timeout: 0 }, async (name, disturbance) => {
    await Promise.all([addTasks(disturbed), addTasks(control)]);
    const before = await ratios(disturbed, control);
    const during = await ratiosUnder(disturbance, disturbed, control);
    // however busy the machine is: agents go on
    await vi.waitUntil(async () => (await disturbed.load.work(windowMs)) > 0, { timeout: 60_000 });
    const after = await ratios(disturbed, control);
    await expectAllThere(disturbed);
    const ofBefore = (found: number[]) => Math.round((100 * median(found)) / median(before));
    tell(`after ${name}`, {
      'completed until then': disturbed.load.completed.length,
      'of them lost': 0,
      // a figure of a few moments is the machine's, and no measure
      ...(isAtLength && { '% of the work before': ofBefore(after), '% meanwhile': ofBefore(during) }),
    });
    if (isAtLength) expect(median(after)).toBeGreaterThan(0.95 * median(before));
  });
});

async function aSide(): Promise<Side> {
  const server = await startServerPostgres({ settings: { max_connections: 40 } });
  afterFile(() => server.stop());
  const connection = addressOf(server);
  const call = { store: await aStore(connection, { timeoutMs }), actor: 'tester' };
  return { server, connection, call, load: aLoad(call, agents) };
}

function addressOf({ host, port, user, password }: ServerPostgres): pg.ClientConfig {
  return { host, port, user, password, database: 'postgres' };
}

/** More tasks than the windows can complete. */
async function addTasks({ call }: Side): Promise<void> {
  for (let block = 0; block < (isAtLength ? 100 : 1); block += 1) {
    const goal = await aGoal(call);
    await updateGoal(call, goal, { metadata: { max_attempts: 1_000_000 } });
    await someTasks(call, goal, 1_000);
  }
}

/** What is done on the disturbed server, in parts of what is done on the other: a window each, one after the other. */
async function ratios(disturbed: Side, control: Side): Promise<number[]> {
  const found: number[] = [];
  for (let window = 0; window < windows; window += 1) {
    const done = await disturbed.load.work(windowMs);
    found.push(done / Math.max(1, await control.load.work(windowMs)));
  }
  return found;
}

async function ratiosUnder(disturb: Disturbance, disturbed: Side, control: Side): Promise<number[]> {
  const enough = new AbortController();
  const working = ratios(disturbed, control).finally(() => enough.abort());
  const [found] = await Promise.all([working, disturb(disturbed, enough.signal)]);
  return found;
}

/** Whatever agents were told is done is done, and every count is right. */
async function expectAllThere({ connection, load }: Side): Promise<void> {
  const sql = new pg.Client(connection);
  await sql.connect();
  const { rows } = await sql.query(
    `select count(*)::int4 as there from tasks where status = 'completed' and id = any($1)`,
    [load.completed],
  );
  expect(rows).toEqual([{ there: load.completed.length }]);
  expect(await brokenInvariants(sql)).toEqual({});
  await sql.end();
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
