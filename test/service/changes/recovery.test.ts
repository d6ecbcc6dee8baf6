import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { updateGoal } from '../../../src/service/goals.ts';
import { readChanges } from '../../../src/service/read-changes.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { aGoal } from '../../support/builders.ts';
import { findServerPostgres, type ServerPostgres, startServerPostgres } from '../../support/server-postgres.ts';
import { aHandWriter, aWatch, readAll } from './support.ts';

const addressOf = ({ host, port, user, password }: ServerPostgres) => ({
  host,
  port,
  user,
  password,
  database: 'postgres',
});

async function aStoreOn(server: ServerPostgres, readOnly = false): Promise<Store> {
  const store = await openStore({
    connect: async () => addressOf(server),
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

describe.skipIf(findServerPostgres() === undefined)('a server that crashes', () => {
  let server: ServerPostgres;

  beforeAll(async () => {
    server = await startServerPostgres({ settings: { wal_writer_delay: '10s', autovacuum: false } });
    return () => server.stop();
  });

  it('leaves those who watch waiting, and they hear all that comes after', { timeout: 30_000 }, async () => {
    const store = await aStoreOn(server);
    const call = { store, actor: 'tester' };
    const goal = await aGoal(call);
    const watch = await aWatch(store);
    await server.kill9();
    await new Promise((resolve) => setTimeout(resolve, 700));
    await server.restart();
    await vi.waitFor(() => updateGoal(call, goal, { priority: 'high' }), { timeout: 5_000 });
    await vi.waitFor(() => expect(watch.heard).toHaveLength(1), { timeout: 5_000 });
  });

  it('and loses what was told: that is no place to go on from, whatever has its number now', {
    timeout: 30_000,
  }, async () => {
    const store = await aStoreOn(server);
    const call = { store, actor: 'tester' };
    const goal = await aGoal(call);
    const watch = await aWatch(store);
    const lost = await aHandWriter(addressOf(server), store.workspaceId);
    await lost.sql.query('set synchronous_commit = off');
    // those that would write the log of the commit to the disk meanwhile stand still until they are killed
    const { rows } = await lost.sql.query(
      `select pid from pg_stat_activity where backend_type in ('walwriter', 'background writer', 'checkpointer')`,
    );
    expect(rows).toHaveLength(3);
    for (const { pid } of rows) process.kill(pid, 'SIGSTOP');
    const number = await lost.write(goal);
    await lost.commit();
    await vi.waitFor(() => expect(watch.heard).toHaveLength(1), { timeout: 3_000 });
    const since = watch.heard[0]?.change.position ?? '';
    await server.kill9();
    await server.restart();
    await expect.poll(() => readChanges(store, { since }).catch((error) => error.code)).toBe('conflict');
    const after = await aHandWriter(addressOf(server), store.workspaceId);
    await after.sql.query(`select setval('history_numbers', $1)`, [number - 2]);
    expect(await after.write(goal)).toBe(number);
    await after.commit();
    await expect(readChanges(store, { since })).rejects.toMatchObject({ code: 'conflict' });
    expect(await watch.ended).toMatchObject({ code: 'conflict' });
    expect(await readAll(store, watch.positions[0])).toHaveLength(1);
  });
});

describe.skipIf(findServerPostgres() === undefined)('a standby', () => {
  it('cannot tell which changes are complete, and says so', { timeout: 60_000 }, async () => {
    const primary = await startServerPostgres();
    onTestFinished(() => primary.stop());
    await aGoal({ store: await aStoreOn(primary), actor: 'tester' });
    const standby = await startServerPostgres({ standbyOf: primary });
    onTestFinished(() => standby.stop());
    const store = await vi.waitFor(() => aStoreOn(standby, true), { timeout: 10_000 });
    await expect(readChanges(store, { since: '0' })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('standby'),
    });
  });
});
