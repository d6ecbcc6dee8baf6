import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { PoolCall } from '../../src/service/call.ts';
import { createGoal } from '../../src/service/goals.ts';
import type { Database, Operation } from '../../src/store/database.ts';
import { step } from '../../src/store/database.ts';
import { claimTasks } from '../../src/store/functions/claim-tasks.ts';
import { defineStatement } from '../../src/store/statement.ts';
import { aSubtask } from '../support/builders.ts';
import { aClient } from '../support/conversation.ts';
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
/** Of a session that runs it the first time since the sequence was started anew. */
const killFirst = defineStatement({
  name: 'test_kill_first',
  params: {},
  columns: { done: 'bool?' },
  text: "select case when nextval('test_tries') = 1 then pg_terminate_backend(pg_backend_pid()) end as done",
});
const divide = defineStatement({
  name: 'test_divide',
  params: {},
  columns: { done: 'int4' },
  text: 'select 1 / 0 as done',
});

let call: PoolCall;
let database: Database;
let sql: pg.Client;
/** The session of a try whose client is gone. */
let lost: pg.Client;
let connection: pg.ClientConfig;

beforeAll(async () => {
  ({ call, sql, connection } = await aCall());
  database = call.store.database;
  await sql.query('create sequence test_tries');
  lost = await aClient(connection);
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
    const operation = anOperation();
    const done = await database.change(operation, async (run) => {
      attempts += 1;
      if (attempts === 1) await run({ killed: step(killMyself, {}) });
      return attempts;
    });
    expect(done).toBe(2);
  });

  it.each([
    ['a change by a function', (operation: Operation) => database.change(operation, claiming(operation))],
    [
      'a transaction of several steps',
      (operation: Operation) => database.change(operation, (run) => run(claiming(operation))),
    ],
  ])('is not told that there is nothing by %s while the lost try has it', async (_, changing) => {
    const operation = await oneReadyTask();
    await lost.query('begin');
    const { rows: taken } = await lostTry(operation);
    expect(taken).toHaveLength(1);
    const changed = changing(operation);
    changed.catch(() => {});
    await waitsFor('insert into operations');
    await lost.query('commit');
    await expect(changed).rejects.toMatchObject({ message: expect.stringMatching(/was saved/) });
  });

  it('is told that there is nothing where the lost try has locked it, which is not done then', async () => {
    const operation = await oneReadyTask();
    await lost.query('begin');
    await lost.query('select from tasks for no key update');
    const { claimed } = await database.change(operation, claiming(operation));
    expect(claimed).toEqual([]);
    await expect(lostTry(operation)).rejects.toMatchObject({ constraint: 'operations_id_unique' });
    await lost.query('rollback');
  });

  it('that is refused afterwards is not done by the lost try any more', async () => {
    const operation = anOperation();
    await sql.query('alter sequence test_tries restart');
    const refused = database.change(operation, (run) => run({ tried: step(killFirst, {}), bad: step(divide, {}) }));
    await expect(refused).rejects.toMatchObject({ code: '22012' });
    await expect(insertOperationRow(operation)).rejects.toMatchObject({ constraint: 'operations_id_unique' });
  });

  it('is not run again when its operation is there', async () => {
    const operation = anOperation();
    await insertOperationRow(operation);
    const killed = database.change(operation, { killed: step(killMyself, {}) });
    await expect(killed).rejects.toMatchObject({
      code: 'unknown_outcome',
      message: expect.stringMatching(/was saved/),
    });
  });
});

/** A claim of anything, by a session that dies when it is asked first. */
function claiming({ workspaceId, id: operation, actor = '' }: Operation) {
  const anything = { goalId: null, taskIds: null, labels: null, fence: null };
  const bounds = { textLimit: 100, limit: 1, leaseSeconds: 60, maxAttempts: 3 };
  const params = { workspaceId, operation, actor, leasesOperation: randomUUID(), ...anything, ...bounds };
  return { killed: step(killFirst, {}), claimed: step(claimTasks.call, params) };
}

/** The same claim, by another session, as if its client were gone. */
function lostTry(operation: Operation) {
  const { statement, params } = claiming(operation).claimed;
  return lost.query(
    statement.text,
    Object.keys(statement.params).map((name) => params[name as keyof typeof params]),
  );
}

/** An operation of a workspace with one ready task, whose first try is going to be lost. */
async function oneReadyTask(): Promise<Operation> {
  await sql.query('delete from goals');
  const goal = await createGoal(call, { description: 'one', priority: 'low', repos: [], metadata: {} });
  await breakDownGoal(call, goal.id, [aSubtask()]);
  await sql.query('alter sequence test_tries restart');
  return anOperation();
}

function anOperation(): Operation {
  return { workspaceId: call.store.workspaceId, id: randomUUID(), actor: 'x' };
}

async function waitsFor(statement: string): Promise<void> {
  const waiting = async () =>
    (
      await sql.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
        [`%${statement}%`],
      )
    ).rowCount;
  await expect.poll(waiting).toBe(1);
}

async function insertOperationRow({ workspaceId, id }: Operation) {
  await sql.query('insert into operations (workspace_id, id, actor) values ($1, $2, $3)', [workspaceId, id, 'x']);
}
