import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createGoal } from '../../src/service/goals.ts';
import { listGoals } from '../../src/service/list-goals.ts';
import { negotiate, type ServerConnection } from '../../src/store/connection.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { anAddressThatMoves } from '../support/moved-address.ts';
import { aPgBouncer, findPgBouncer } from '../support/pgbouncer.ts';
import { type ServerPostgres, startServerPostgres } from '../support/server-postgres.ts';

let primary: ServerPostgres;
let standby: ServerPostgres;

beforeAll(async () => {
  primary = await startServerPostgres();
  standby = await startServerPostgres({ standbyOf: primary });
});
afterAll(async () => {
  await Promise.all([standby.stop(), primary.stop()]);
});

function to({ port }: { port: number }, ...others: { port: number }[]): ServerConnection {
  const { host, user, password } = primary;
  const otherHosts = others.map((other) => ({ host, port: other.port }));
  return { host, port, user, password, database: 'postgres', sslMode: 'prefer', otherHosts };
}

async function open(connection: ServerConnection, readOnly = false): Promise<Store> {
  const store = await openStore({
    connect: () => negotiate(connection, { readOnly }),
    workspace: 'default',
    poolSize: 4,
    maxOverflow: 4,
    timeoutMs: 5_000,
    prepared: true,
    readOnly,
    warn: () => {},
  });
  onTestFinished(() => store.database.close());
  return store;
}

function aGoalIn(store: Store): Promise<unknown> {
  const goal = { description: 'a goal', priority: 'low' as const, repos: [], metadata: {} };
  return createGoal({ store, actor: 'tester' }, goal);
}

const someGoalsIn = (store: Store) => Promise.allSettled(Array.from({ length: 6 }, () => aGoalIn(store)));

/** Lets the standby catch up with the primary. */
async function caughtUp(): Promise<void> {
  const [ahead, behind] = await Promise.all([primary, standby].map((server) => aClient(server)));
  const { rows } = await (ahead as pg.Client).query('select pg_current_wal_lsn() as lsn');
  await expect
    .poll(async () => {
      const answer = await behind?.query('select pg_last_wal_replay_lsn() >= $1::pg_lsn as done', [rows[0].lsn]);
      return answer?.rows[0].done;
    })
    .toBe(true);
}

async function aClient({ host, port, user, password }: ServerPostgres): Promise<pg.Client> {
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

describe('of several hosts', () => {
  it('the one that takes changes is used, whichever comes first', async () => {
    expect((await negotiate(to(standby, primary))).port).toBe(primary.port);
    expect((await negotiate(to(primary, standby))).port).toBe(primary.port);
  });

  it('a host that is not there is passed over', async () => {
    expect((await negotiate(to({ port: 1 }, primary))).port).toBe(primary.port);
  });

  it('a standby is used by a process that only reads', async () => {
    await open(to(primary));
    await caughtUp();
    expect((await negotiate(to(standby, primary), { readOnly: true })).port).toBe(standby.port);
    const store = await open(to(standby), true);
    expect(await listGoals({ store, actor: 'reader' }, {}, { limit: 1 })).toMatchObject({ total: expect.any(Number) });
  });
});

describe('a standby alone', () => {
  it('is told as what it is, and the same call may work later', async () => {
    const refused = { code: 'unavailable', message: expect.stringContaining('standby') };
    await expect(negotiate(to(standby, { port: 1 }))).rejects.toMatchObject(refused);
    await expect(open(to(standby))).rejects.toMatchObject(refused);
  });
});

describe('an address that moved', () => {
  it('to a standby is waited for, and works with the first call after it is right again', async () => {
    const address = await anAddressThatMoves(primary);
    const store = await open(to(address));
    await someGoalsIn(store);
    address.moveTo(standby, { cut: true });
    for (const answer of await someGoalsIn(store)) {
      expect(answer).toMatchObject({
        status: 'rejected',
        reason: { code: 'unavailable', message: expect.stringContaining('standby') },
      });
    }
    address.moveTo(primary);
    expect((await someGoalsIn(store)).map(({ status }) => status)).toEqual(Array(6).fill('fulfilled'));
  });

  it.skipIf(findPgBouncer() === undefined)('behind PgBouncer is left and looked for again', async () => {
    const pooler = await aPgBouncer(primary, { mode: 'transaction' });
    onTestFinished(() => pooler.stop());
    const store = await open(to(pooler));
    await someGoalsIn(store);
    await pooler.pointTo(standby);
    await expect
      .poll(() => aGoalIn(store).then(String, ({ code, message }) => ({ code, message })), { timeout: 5_000 })
      .toMatchObject({ code: 'unavailable', message: expect.stringContaining('standby') });
    await pooler.pointTo(primary);
    await expect
      .poll(() => someGoalsIn(store).then((all) => all.every(({ status }) => status === 'fulfilled')), {
        timeout: 1_000,
      })
      .toBe(true);
  });
});

describe('a failover', () => {
  it('is followed within a second of the standby being promoted', async () => {
    const store = await open(to(primary, standby));
    await aGoalIn(store);
    const { total } = await listGoals({ store, actor: 'tester' }, {}, { limit: 1 });
    await caughtUp();
    const client = await aClient(standby);
    await primary.kill9();
    await expect(aGoalIn(store)).rejects.toMatchObject({ code: 'unavailable' });
    await client.query('select pg_promote()');
    const start = performance.now();
    await aGoalIn(store);
    expect(performance.now() - start).toBeLessThan(1_000);
    expect((await listGoals({ store, actor: 'tester' }, {}, { limit: 1 })).total).toBe(total + 1);
  });
});
