import net from 'node:net';
import type pg from 'pg';
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { createGoal } from '../../src/service/goals.ts';
import type { ConnectionsOptions } from '../../src/store/connections.ts';
import { Database, step } from '../../src/store/database.ts';
import { defineStatement } from '../../src/store/statement.ts';
import { openStore } from '../../src/store/store.ts';
import { aCall, aStore } from '../support/database.ts';
import { anAddressThatMoves } from '../support/moved-address.ts';

const sleep = defineStatement({
  name: 'test_sleep',
  params: { seconds: 'float8' },
  columns: { pid: 'int4' },
  text: 'select pg_backend_pid() as pid from (select pg_sleep($1)) as slept',
});
const aGoal = { description: 'a goal', priority: 'low' as const, repos: [], metadata: {} };

let sql: pg.Client;
let connection: pg.ClientConfig;

beforeAll(async () => {
  ({ sql, connection } = await aCall());
});

function aDatabaseOn(connect: () => Promise<pg.ClientConfig>, more: Partial<ConnectionsOptions> = {}): Database {
  const pool = { poolSize: 4, maxOverflow: 4, timeoutMs: 30_000, prepared: true, warn: () => {} };
  const database = new Database({ connect, ...pool, ...more });
  onTestFinished(() => database.close());
  return database;
}

async function pidsOf(database: Database, count: number, seconds = 0.1): Promise<Set<number>> {
  const answers = await Promise.all(
    Array.from({ length: count }, () => database.read({ rows: step(sleep, { seconds }) })),
  );
  return new Set(answers.map(({ rows }) => rows[0]?.pid ?? 0));
}

/** Where connections are taken, and nothing is ever answered. */
async function aBlackHole(): Promise<{ host: string; port: number }> {
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { host: '127.0.0.1', port: (server.address() as net.AddressInfo).port };
}

describe('a call that is cancelled', () => {
  it('while it waits for a connection does not run', async () => {
    const store = await aStore(connection, { poolSize: 1, maxOverflow: 1 });
    const busy = [
      store.database.read({ rows: step(sleep, { seconds: 1 }) }),
      store.database.read({ rows: step(sleep, { seconds: 1 }) }),
    ];
    const abort = new AbortController();
    let ran = 0;
    const waiting = Array.from({ length: 6 }, (_, n) =>
      store.database
        .change(
          { workspaceId: store.workspaceId, id: `00000000-0000-7000-8000-00000000000${n}` },
          async () => (ran += 1),
          { signal: abort.signal },
        )
        .catch(({ code }) => code),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    // a reason that is no error, as some callers have it
    abort.abort('the client went away');
    expect(await Promise.all(waiting)).toEqual(Array(6).fill('cancelled'));
    await Promise.all(busy);
    await createGoal({ store, actor: 'tester' }, aGoal);
    expect(ran).toBe(0);
  });

  it('gives its place back although nobody takes the request to cancel', async () => {
    const { host = '', port = 0 } = connection;
    if (host.startsWith('/')) return; // the proxy speaks TCP
    const address = await anAddressThatMoves({ host, port });
    const database = aDatabaseOn(async () => ({ ...connection, ...pick(address) }), { poolSize: 1, maxOverflow: 1 });
    await pidsOf(database, 2);
    address.moveTo(await aBlackHole());
    const abort = new AbortController();
    const running = [1, 2].map(() =>
      database.read({ rows: step(sleep, { seconds: 1 }) }, { signal: abort.signal }).catch(() => {}),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    abort.abort();
    await Promise.all(running);
    address.moveTo({ host, port });
    const start = performance.now();
    await pidsOf(database, 2, 0);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

function pick({ host, port }: { host: string; port: number }) {
  return { host, port };
}

describe('a connection that is refused', () => {
  // the embedded server knows no other user
  it.skipIf(!inject('server'))('leaves the others as they are: a call waits for one of them', async () => {
    const role = `t_few_${process.pid}`;
    await sql.query(`create role ${role} login password 'x' connection limit 3`);
    const database = aDatabaseOn(async () => ({ ...connection, user: role, password: 'x' }));
    onTestFinished(async () => {
      await database.close();
      await expect.poll(() => sql.query(`drop role ${role}`).then(() => 'gone', String)).toBe('gone');
    });
    const first = await pidsOf(database, 3, 0.3);
    expect(first.size).toBe(3);
    expect(await pidsOf(database, 20, 0.05)).toEqual(first);
  });

  it('ends no other, and fails its own call only', async () => {
    const { host = '', port = 0 } = connection;
    if (host.startsWith('/')) return; // the proxy speaks TCP
    const address = await anAddressThatMoves({ host, port });
    const database = aDatabaseOn(async () => ({ ...connection, ...pick(address) }));
    const kept = await pidsOf(database, 2);
    address.moveTo({ host, port: 1 });
    const calls = await Promise.allSettled(
      [1, 2, 3, 4].map(() => database.read({ rows: step(sleep, { seconds: 0.5 }) })),
    );
    const failures = calls.flatMap((each) => (each.status === 'rejected' ? each.reason : []));
    expect(failures).toEqual(Array(2).fill(expect.objectContaining({ code: 'unavailable' })));
    expect(await pidsOf(database, 2)).toEqual(kept);
  });

  it('keeps no call from a connection that is there, however long the look for the way takes', async () => {
    const { host = '', port = 0 } = connection;
    if (host.startsWith('/')) return; // the proxy speaks TCP
    const address = await anAddressThatMoves({ host, port });
    let looks = 0;
    const never = new Promise<pg.ClientConfig>(() => {});
    const database = aDatabaseOn(async () => (looks++ === 0 ? { ...connection, ...pick(address) } : never));
    const kept = await pidsOf(database, 2);
    address.moveTo({ host, port: 1 });
    const stuck = Array.from({ length: 3 }, () =>
      database.read({ rows: step(sleep, { seconds: 0.2 }) }).catch(() => {}),
    );
    await stuck[0];
    expect(looks).toBe(2);
    const [pid] = await pidsOf(database, 1);
    expect(kept).toContain(pid);
  });
});

describe('a process that makes one call at a time', () => {
  it('has one or two sessions', async () => {
    const { rows: before } = await sql.query('select pid from pg_stat_activity where datname = current_database()');
    const store = await aStore(connection);
    for (let n = 0; n < 10; n += 1) await createGoal({ store, actor: 'tester' }, aGoal);
    const { rows } = await sql.query(
      'select pid from pg_stat_activity where datname = current_database() and not (pid = any($1))',
      [before.map(({ pid }) => pid)],
    );
    expect(rows.length).toBeLessThanOrEqual(2);
  });
});

describe('a store whose connection is cut while it opens', () => {
  const options = {
    workspace: 'default',
    poolSize: 1,
    maxOverflow: 1,
    timeoutMs: 30_000,
    prepared: true,
    warn: () => {},
  };

  it('is opened all the same', async () => {
    let looks = 0;
    const blackOut = { ...connection, host: '127.0.0.1', port: 1 };
    const store = await openStore({ ...options, connect: async () => (looks++ === 0 ? blackOut : connection) });
    await store.database.close();
    expect(looks).toBeGreaterThan(1);
  });

  it('is unavailable, in the words of a person, when it stays so', async () => {
    const nobody = async () => ({ ...connection, host: '127.0.0.1', port: 1 });
    await expect(openStore({ ...options, connect: nobody })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('not running'),
    });
  });
});
