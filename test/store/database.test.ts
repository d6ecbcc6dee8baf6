import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PoolCall } from '../../src/service/call.ts';
import { createGoal } from '../../src/service/goals.ts';
import type { Database, Operation } from '../../src/store/database.ts';
import { step } from '../../src/store/database.ts';
import { createGoal as createGoalFunction } from '../../src/store/functions/create-goal.ts';
import { defineStatement } from '../../src/store/statement.ts';
import { insertOperation } from '../../src/store/statements/insert-operation.ts';
import { aCall, aStore } from '../support/database.ts';

const sleep = defineStatement({
  name: 'test_sleep',
  params: { seconds: 'text' },
  columns: { pid: 'int4' },
  text: 'select pg_backend_pid() as pid from (select pg_sleep($1::text::float8)) as slept',
});
const killMyself = defineStatement({
  name: 'test_kill',
  params: {},
  columns: { done: 'bool' },
  text: 'select pg_terminate_backend(pg_backend_pid()) as done',
});

let call: PoolCall;
let database: Database;
let sql: pg.Client;
let connection: pg.ClientConfig;

beforeAll(async () => {
  ({ call, sql, connection } = await aCall());
  database = call.store.database;
});

describe('connections', () => {
  it('that died while they were idle are replaced without a failed call', async () => {
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(Array.from({ length: 8 }, () => database.read({ rows: step(sleep, { seconds: '0.05' }) })));
      // the calls are sent before this process can have seen that the connections are gone
      const gone = sql.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and application_name = 'goal-agent'`);
      const answers = await Promise.all([
        gone,
        ...Array.from({ length: 20 }, () => database.read({ rows: step(sleep, { seconds: '0' }) })),
      ]);
      expect(answers).toHaveLength(21);
    }
    await createGoal(call, { description: 'after', priority: 'low', repos: [], metadata: {} });
  });

  it('are as many as the pool size and the overflow allow under load, and one is kept for 30 idle seconds and more', async () => {
    const { database: small } = await aStore(connection, { poolSize: 2, maxOverflow: 2 });
    const pids = (
      await Promise.all(Array.from({ length: 12 }, () => small.read({ rows: step(sleep, { seconds: '0.1' }) })))
    ).flatMap(({ rows }) => rows);
    expect(new Set(pids.map((row) => row.pid)).size).toBe(4);
    await expect
      .poll(
        async () => {
          const used = pids.map((row) => row.pid);
          const { rows } = await sql.query('select pid from pg_stat_activity where pid = any($1)', [used]);
          return rows.length;
        },
        { timeout: 45_000, interval: 250 },
      )
      .toBe(1);
  });
});

describe('a statement', () => {
  it('that takes too long is ended by the server, and the connection goes on', async () => {
    const { database: hasty } = await aStore(connection, { timeoutMs: 1_000 });
    await expect(hasty.read({ rows: step(sleep, { seconds: '5' }) })).rejects.toMatchObject({ code: 'cancelled' });
    expect((await hasty.read({ rows: step(sleep, { seconds: '0' }) })).rows).toHaveLength(1);
  });

  it('of an aborted call is cancelled on the server', async () => {
    const abort = new AbortController();
    const running = database.read({ rows: step(sleep, { seconds: '30' }) }, { signal: abort.signal });
    running.catch(() => {});
    const asleep = async () =>
      (
        await sql.query(
          "select from pg_stat_activity where query like '%pg_sleep($1%' and state = 'active' and pid <> pg_backend_pid()",
        )
      ).rowCount;
    await expect.poll(asleep).toBe(1);
    abort.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    // the server answers that it was cancelled a moment before it says in its list that it does nothing any more
    await expect.poll(asleep).toBe(0);
  });

  it('is not sent when its call was aborted before', async () => {
    await expect(
      database.read({ rows: step(sleep, { seconds: '0' }) }, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('a write whose connection is lost', () => {
  it('is run again when it left nothing behind', async () => {
    let attempts = 0;
    const operation = { workspaceId: call.store.workspaceId, id: randomUUID() };
    const done = await database.change(operation, async (run) => {
      attempts += 1;
      if (attempts === 1) await run({ killed: step(killMyself, {}) });
      return attempts;
    });
    expect(done).toBe(2);
  });

  it.each([
    ['a function of the schema', goalStep],
    ['a transaction of several steps', operationStep],
  ])('is not done twice by %s when its commit comes after the look for it', async (_, stepOf) => {
    const operation = { workspaceId: call.store.workspaceId, id: randomUUID() };
    let attempts = 0;
    const again = database.change(operation, async (run) => {
      attempts += 1;
      if (attempts === 1) await run({ killed: step(killMyself, {}) });
      await insertOperationRow(operation);
      const { made } = await run({ made: stepOf(call, operation) });
      if (made.length === 0) throw new Error('the operation was not made');
    });
    await expect(again).rejects.toMatchObject({ code: 'unknown_outcome', message: expect.stringMatching(/was saved/) });
    expect(attempts).toBe(2);
    const { rows } = await sql.query("select from goals where id = 'GOAL-9999'");
    expect(rows).toHaveLength(0);
  });

  it('is not run again when its operation is there', async () => {
    const operation = { workspaceId: call.store.workspaceId, id: randomUUID() };
    await insertOperationRow(operation);
    const lost = database.change(operation, { killed: step(killMyself, {}) });
    await expect(lost).rejects.toMatchObject({ code: 'unknown_outcome', message: expect.stringMatching(/was saved/) });
  });
});

function operationStep(_: PoolCall, { workspaceId, id }: Operation) {
  return step(insertOperation, { workspaceId, id, actor: 'x', reason: null });
}

function goalStep({ store: { workspaceId } }: PoolCall, { id: operation }: Operation) {
  const texts = { description: 'twice', priority: 'low', metadata: {}, block: 0, words: '' };
  const goal = { ...texts, repos: [], labels: [], dueAt: null, strict: false, parentGoalId: null };
  const params = { workspaceId, taskIdLimit: 1, operation, actor: 'x', id: 'GOAL-9999', number: 9999, ...goal };
  return step(createGoalFunction.call, params);
}

async function insertOperationRow({ workspaceId, id }: Operation) {
  await sql.query('insert into operations (workspace_id, id, actor) values ($1, $2, $3)', [workspaceId, id, 'x']);
}
