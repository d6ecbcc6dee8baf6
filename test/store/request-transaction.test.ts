import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PoolCall } from '../../src/service/call.ts';
import type { StatementRunner } from '../../src/store/database.ts';
import { step } from '../../src/store/database.ts';
import { defineStatement } from '../../src/store/statement.ts';
import type { Store } from '../../src/store/store.ts';
import { aCall, aStore } from '../support/database.ts';

const insert = defineStatement({
  name: 'test_insert',
  params: { n: 'int4' },
  columns: {},
  text: 'insert into test_rows values ($1)',
});
const insertTwo = defineStatement({
  name: 'test_insert_two',
  params: { n: 'int4', m: 'int4' },
  columns: {},
  text: 'insert into test_rows values ($1), ($2)',
});
const count = defineStatement({
  name: 'test_count',
  params: {},
  columns: { n: 'int4', pid: 'int4' },
  text: 'select count(*)::int4 as n, pg_backend_pid() as pid from test_rows',
});
const lockRow = defineStatement({
  name: 'test_lock_row',
  params: { n: 'int4' },
  columns: { n: 'int4' },
  text: 'select n from test_locks where n = $1 for update',
});
const killMyself = defineStatement({
  name: 'test_kill_combined',
  params: {},
  columns: { done: 'bool' },
  text: 'select pg_terminate_backend(pg_backend_pid()) as done',
});

let call: PoolCall;
let sql: pg.Client;
let connection: pg.ClientConfig;

beforeAll(async () => {
  ({ call, sql, connection } = await aCall());
  await sql.query('create table test_rows (n int4 primary key); create table test_locks (n int4 primary key)');
  await sql.query('insert into test_locks values (1), (2)');
});

const stored = async () => (await sql.query('select n from test_rows order by n')).rows.map((row) => row.n);

async function add(runner: StatementRunner, { workspaceId }: Store, n: number): Promise<void> {
  await runner.change({ workspaceId, id: randomUUID() }, { added: step(insert, { n }) });
}

let last = 0;
const next = () => {
  last += 1;
  return last;
};

describe('what is combined', () => {
  it('is there whole, or with an error not at all', async () => {
    const { database } = call.store;
    const [a, b, c, d] = [next(), next(), next(), next()];
    const both = await database.request({}, async (runner) => {
      await add(runner, call.store, a);
      expect(await stored()).not.toContain(a);
      await add(runner, call.store, b);
      return { result: 'both', last: {} };
    });
    expect(both).toBe('both');
    expect(await stored()).toEqual(expect.arrayContaining([a, b]));
    const refused = database.request({}, async (runner) => {
      await add(runner, call.store, c);
      await add(runner, call.store, d);
      throw new TypeError('enough');
    });
    await expect(refused).rejects.toThrow(TypeError);
    expect(await stored()).not.toContain(c);
  });

  it('reads over other connections before its first write, and sees what it wrote from then on', async () => {
    const n = next();
    const { before, after, still } = await call.store.database.request({}, async (runner) => {
      const before = await runner.read({ counted: step(count, {}) });
      await add(runner, call.store, n);
      const after = await runner.read({ counted: step(count, {}) });
      const still = await runner.read({ counted: step(count, {}), again: step(count, {}) });
      return { result: { before: before.counted[0], after: after.counted[0], still: still.again[0] }, last: {} };
    });
    expect(after?.n).toBe((before?.n ?? 0) + 1);
    expect(still).toEqual(after);
  });

  it('is refused as a whole where it goes on after a write that failed', async () => {
    const [taken, half, whole] = [next(), next(), next()];
    const { workspaceId, database } = call.store;
    const combined = database.request({}, async (runner) => {
      await add(runner, call.store, taken);
      const two = runner.change({ workspaceId, id: randomUUID() }, { added: step(insertTwo, { n: half, m: taken }) });
      await expect(two).rejects.toMatchObject({ code: '23505' });
      await add(runner, call.store, whole).catch(() => {});
      return { result: undefined, last: {} };
    });
    await expect(combined).rejects.toThrow(/after a failure/);
    for (const n of [taken, half, whole]) expect(await stored()).not.toContain(n);
  });

  it('is refused as a whole where it goes on after a read that failed', async () => {
    const n = next();
    const broken = defineStatement({ name: 'test_broken', params: {}, columns: {}, text: 'select 1 / 0' });
    const combined = call.store.database.request({}, async (runner) => {
      await add(runner, call.store, n);
      await runner.read({ broken: step(broken, {}) }).catch(() => {});
      return { result: 'done', last: {} };
    });
    await expect(combined).rejects.toThrow(/after a failure/);
    expect(await stored()).not.toContain(n);
  });

  it('is run again from its start after a deadlock and after a lost connection', async () => {
    const { database, workspaceId } = call.store;
    const runs = new Map<number, number>();
    let bothHold = 0;
    const cross = (n: number, rows: [number, number]) =>
      database.request({}, async (runner) => {
        runs.set(n, (runs.get(n) ?? 0) + 1);
        const operation = { workspaceId, id: randomUUID() };
        await runner.change(operation, { added: step(insert, { n }) });
        await runner.change(operation, { locked: step(lockRow, { n: rows[0] }) });
        bothHold += 1;
        await expect.poll(() => bothHold, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
        await runner.change(operation, { locked: step(lockRow, { n: rows[1] }) });
        return { result: n, last: {} };
      });
    const [a, b, c] = [next(), next(), next()];
    expect(await Promise.all([cross(a, [1, 2]), cross(b, [2, 1])])).toEqual([a, b]);
    expect((runs.get(a) ?? 0) + (runs.get(b) ?? 0)).toBe(3);
    let attempts = 0;
    await database.request({}, async (runner) => {
      attempts += 1;
      await add(runner, call.store, c);
      if (attempts === 1) await runner.read({ killed: step(killMyself, {}) });
      return { result: undefined, last: {} };
    });
    expect(attempts).toBe(2);
    expect(await stored()).toEqual(expect.arrayContaining([a, b, c]));
  });

  it.each([
    [1, 0],
    [1, 1],
    [2, 0],
  ])(
    'takes numbers before it holds a connection, twenty at once, on a pool of %i and %i more',
    async (poolSize, maxOverflow) => {
      const store = await aStore(connection, { poolSize, maxOverflow });
      const taken = await Promise.all(
        Array.from({ length: 20 }, () => {
          const n = next();
          return store.database.request({}, async (runner) => {
            await runner.read({ counted: step(count, {}) });
            const number = await store.numbers.take('task', 1);
            await add(runner, store, n);
            await add(runner, store, 1_000_000 + number);
            return { result: number, last: { added: step(insert, { n: 2_000_000 + number }) } };
          });
        }),
      );
      expect(new Set(taken).size).toBe(20);
      expect(await stored()).toEqual(
        expect.arrayContaining(taken.flatMap((number) => [1_000_000 + number, 2_000_000 + number])),
      );
    },
  );
});

describe('who watches', () => {
  it('is told of each write that stays, when all of them are committed', async () => {
    const store = await aStore(connection);
    const { database, workspaceId } = store;
    const told: unknown[] = [];
    database.watch({
      look: () => step(count, {}),
      changed: async ({ id }, rows) => {
        told.push([id, (rows[0] as { n: number }).n, await stored()]);
      },
      unknown: async () => {
        told.push('unknown');
      },
    });
    const [a, c] = [next(), next()];
    const [first, second] = [randomUUID(), randomUUID()];
    const before = (await stored()).length;
    await database.request({}, async (runner) => {
      await runner.change({ workspaceId, id: first }, { added: step(insert, { n: a }) });
      await runner.change({ workspaceId, id: second }, (run) => run({ added: step(insert, { n: c }) }));
      expect(told).toEqual([]);
      return { result: undefined, last: {} };
    });
    const all = await stored();
    expect(told).toEqual([
      [first, before + 1, all],
      [second, before + 2, all],
    ]);
    told.length = 0;
    await database.request({}, async () => ({ result: undefined, committedLately: true }));
    expect(told).toEqual(['unknown']);
  });
});
