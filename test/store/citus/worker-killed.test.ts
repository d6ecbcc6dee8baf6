import pg from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { GoalAgentError } from '../../../src/domain/errors.ts';
import type { PoolCall } from '../../../src/service/call.ts';
import { claimTasks } from '../../../src/service/claims.ts';
import { setTaskStatuses } from '../../../src/service/set-task-statuses.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { afterFile } from '../../support/after-file.ts';
import { aGoal, someTasks } from '../../support/builders.ts';
import { type Citus, findCitus, startCitus } from '../../support/citus.ts';
import { aClient } from '../../support/conversation.ts';
import { aStore } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { repeats, tell } from '../../support/proof.ts';

const kills = repeats('rounds', { briefly: 2, atLength: 10 });
const agentsOfEach = 4;
/** More than the agents complete between the kills. */
const tasksOfEach = 300 * Math.ceil(kills / 2);

/** What agents were told, and what their calls failed with. */
interface Told {
  claimed: string[];
  completed: string[];
  failures: unknown[];
}

describe.skipIf(inject('citus') === '' || !findCitus())('a Citus whose worker is killed', () => {
  it('loses nothing that was answered, gives nothing out twice, and goes on when the worker is back', async () => {
    const citus = await aDistributedCitus();
    const calls = await agentsOnEachWorker(citus);
    const told: Told = { claimed: [], completed: [], failures: [] };
    const stopped = new AbortController();
    const working = calls.map((call) => work(call, told, stopped.signal));
    for (let n = 0; n < kills; n += 1) await killAndRestart(citus, n % citus.workers.length, told);
    stopped.abort();
    await Promise.all(working);
    // a connection from before the kills would bring its own dead ones to the workers
    const sql = await aClient(citus.connection);
    await sql.query('select recover_prepared_transactions()');
    await expectTrue(sql, told);
    tell('a worker of a Citus killed', {
      kills,
      'answered claims': told.claimed.length,
      'answered completions': told.completed.length,
      'calls that failed with a clear error': told.failures.length,
    });
  });
});

/** A Citus of the test's own, since its workers die. */
async function aDistributedCitus(): Promise<Citus> {
  const citus = await startCitus();
  afterFile(() => citus.stop());
  await migrate(citus.connection);
  const sql = new pg.Client(citus.connection);
  await sql.connect();
  await sql.query(`select create_reference_table('workspaces')`).finally(() => sql.end());
  await migrate(citus.connection);
  return citus;
}

/** Agents of one workspace on each worker, with tasks for them. */
async function agentsOnEachWorker(citus: Citus): Promise<PoolCall[]> {
  const calls: PoolCall[] = [];
  for (const workspace of await workspaceOnEachWorker(citus)) {
    for (let n = 0; n < agentsOfEach; n += 1) {
      const store = await aStore(citus.connection, { workspace, timeoutMs: 10_000 });
      const call = { store, actor: `${workspace}-${n}` };
      calls.push(call);
      if (n > 0) continue;
      const goal = await aGoal(call, workspace);
      for (let made = 0; made < tasksOfEach; made += 100) {
        await someTasks(call, goal, 100);
      }
    }
  }
  return calls;
}

/** Names of workspaces, each with its rows on another worker. */
async function workspaceOnEachWorker({ workers, connection }: Citus): Promise<string[]> {
  const sql = await aClient(connection);
  const found = new Map<number, string>();
  for (let n = 0; found.size < workers.length; n += 1) {
    const workspace = `team-${n}`;
    const store = await aStore(connection, { workspace });
    const { rows } = await sql.query(
      `select s.nodeport as port
       from citus_shards s
       where s.table_name = 'tasks'::regclass and s.shardid = get_shard_id_for_distribution_column('tasks', $1::int8)`,
      [store.workspaceId],
    );
    await store.database.close();
    found.set(rows[0].port, workspace);
  }
  return [...found.values()];
}

/** Kills one while agents work, sees that calls fail, and that others are answered once it is back. */
async function killAndRestart({ workers }: Citus, which: number, { completed, failures }: Told): Promise<void> {
  const goesOn = async () => {
    const { length } = completed;
    await expect.poll(() => completed.length, { timeout: 60_000 }).toBeGreaterThan(length + 10);
  };
  await goesOn();
  await workers[which]?.kill9();
  const { length } = failures;
  await expect.poll(() => failures.length, { timeout: 60_000 }).toBeGreaterThan(length);
  await workers[which]?.restart();
  await goesOn();
}

/** Claims and completes one task after another; after a failure the agent leaves its task as it is. */
async function work(call: PoolCall, told: Told, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const [task] = await claimTasks(call, { limit: 1, leaseSeconds: 900 });
      if (task === undefined) return;
      const key = `${call.store.workspaceId} ${task.id}`;
      told.claimed.push(key);
      await setTaskStatuses(call, [{ taskId: task.id, status: 'completed' }]);
      told.completed.push(key);
    } catch (error) {
      told.failures.push(error);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function expectTrue(sql: pg.Client, { claimed, completed, failures }: Told): Promise<void> {
  // a claim is answered once for each task: its lease runs to the end of the test
  expect(claimed.filter((key, n) => claimed.indexOf(key) !== n)).toEqual([]);
  const { rows } = await sql.query(`select workspace_id || ' ' || id as key from tasks where status = 'completed'`);
  const isCompleted = new Set(rows.map(({ key }) => key));
  expect(completed.filter((key) => !isCompleted.has(key))).toEqual([]);
  expect(failures.filter((error) => !(error instanceof GoalAgentError))).toEqual([]);
  expect(await brokenInvariants(sql)).toEqual({});
}
