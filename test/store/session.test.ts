import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { createGoal } from '../../src/service/goals.ts';
import { step } from '../../src/store/database.ts';
import { defineStatement } from '../../src/store/statement.ts';
import { openStore, type StoreOptions } from '../../src/store/store.ts';
import { afterFile } from '../support/after-file.ts';
import { aDatabase, aStore } from '../support/database.ts';

const readTimes = defineStatement({
  name: 'test_times',
  params: {},
  columns: { at: 'timestamptz', row: 'jsonb', limit: 'text', number: 'float8' },
  text: `select g.created_at as at, to_jsonb(g) as row, current_setting('statement_timeout') as limit, 0.1::float8 + 0.2::float8 as number
    from goals g order by g.number desc limit 1`,
});
const aGoal = { description: 'Ship it', priority: 'low' as const, repos: [], metadata: {} };

async function sql(connection: pg.ClientConfig, ...statements: string[]): Promise<pg.QueryResult[]> {
  const client = new pg.Client(connection);
  await client.connect();
  const results = [];
  for (const statement of statements) results.push(await client.query(statement));
  await client.end();
  return results;
}

function options(connection: pg.ClientConfig, more: Partial<StoreOptions> = {}): StoreOptions {
  const pool = { poolSize: 2, maxOverflow: 2, timeoutMs: 30_000, prepared: true, warn: () => {} };
  return { connect: async () => connection, workspace: 'default', ...pool, ...more };
}

/** What opening fails with; a store that opens all the same is closed. */
async function refusal(connection: pg.ClientConfig): Promise<Error> {
  const store = await openStore(options(connection)).catch((error: Error) => error);
  if (store instanceof Error) return store;
  await store.database.close();
  throw new Error('expected the store to be refused');
}

describe('what the server, the database or the role sets', () => {
  it.each([
    ["DateStyle = 'SQL, DMY'", "TimeZone = 'Asia/Kolkata'"],
    ["DateStyle = 'German'", "TimeZone = 'America/St_Johns'", "IntervalStyle = 'sql_standard'"],
    ["client_encoding = 'LATIN1'", 'extra_float_digits = 0', "statement_timeout = '10ms'", "lock_timeout = '1ms'"],
    ['default_transaction_isolation = serializable', 'standard_conforming_strings = off', "bytea_output = 'escape'"],
  ])('changes nothing of ours: %s, %s', async (...settings) => {
    const connection = await aDatabase({ empty: true });
    await sql(connection, ...settings.map((setting) => `alter database ${connection.database} set ${setting}`));
    const store = await aStore(connection, { prepared: false });
    const goal = await createGoal({ store, actor: 'tester' }, { ...aGoal, description: 'Größe – «ja»' });
    const { rows } = await store.database.read({ rows: step(readTimes, {}) });
    const [row] = rows;
    expect(row).toMatchObject({ at: goal.created_at, limit: '30s', number: 0.30000000000000004 });
    expect(goal.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(row?.row).toMatchObject({ description: 'Größe – «ja»', created_at: expect.stringMatching(/\+00:00$/) });
  });

  it('is named where it makes the database read-only', async () => {
    const connection = await aDatabase();
    await sql(connection, `alter database ${connection.database} set default_transaction_read_only = on`);
    expect(await refusal(connection)).toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('default_transaction_read_only'),
    });
  });
});

describe('a process that only reads', () => {
  it('is refused every change by the server itself', async () => {
    const connection = await aDatabase();
    await aStore(connection);
    const store = await aStore(connection, { readOnly: true });
    await expect(createGoal({ store, actor: 'tester' }, aGoal)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('GOAL_AGENT_READ_ONLY'),
    });
    const erase = defineStatement({ name: 't', params: {}, columns: {}, text: 'delete from workspaces' });
    const write = store.database.change({ workspaceId: 1, id: randomUUID() }, (run) =>
      run({ erased: step(erase, {}) }),
    );
    await expect(write).rejects.toMatchObject({ code: 'configuration' });
  });
});

describe('the encoding of a database', () => {
  it.each(['LATIN1', 'SQL_ASCII'])('%s is refused with what to do, and nothing is made', async (encoding) => {
    const name = `t_${encoding.toLowerCase()}_${process.pid}`;
    const admin = { ...inject('postgres'), database: 'postgres' };
    await sql(admin, `create database ${name} encoding '${encoding}' locale 'C' template template0`);
    afterFile(() => sql(admin, `drop database ${name} with (force)`));
    const connection = { ...inject('postgres'), database: name };
    const { message } = await refusal(connection);
    expect(message).toContain(`encoding of this database is ${encoding}`);
    expect(message).toContain("encoding 'UTF8' template template0");
    const [tables] = await sql(connection, "select from pg_tables where schemaname = 'public'");
    expect(tables?.rowCount).toBe(0);
  });
});

// the embedded server knows no other user
describe.skipIf(!inject('server'))('the search_path', () => {
  let connection: Awaited<ReturnType<typeof aDatabase>>;
  const roles = ['one', 'two'].map((name) => `t_${name}_${process.pid}`);
  const as = (user: string | undefined) => ({ ...connection, user, password: 'x' });

  beforeAll(async () => {
    connection = await aDatabase({ empty: true });
    const make = (role: string) => [
      `create role ${role} login password 'x'`,
      `create schema ${role} authorization ${role}`,
      `alter role ${role} in database ${connection.database} set search_path = ${role}, public`,
    ];
    await sql(connection, ...roles.flatMap(make), 'grant create on schema public to public');
    afterFile(() =>
      sql(
        { ...connection, database: 'postgres' },
        `drop database ${connection.database} with (force)`,
        ...roles.map((role) => `drop role ${role}`),
        `create database ${connection.database}`,
      ),
    );
  });

  it('gives each of two roles tables of their own in one database, and public none', async () => {
    for (const [n, role] of roles.entries()) {
      const store = await openStore(options(as(role)));
      for (let goal = 0; goal <= n; goal += 1) await createGoal({ store, actor: 'tester' }, aGoal);
      await store.database.refreshStatistics();
      await store.database.close();
    }
    const counts = roles.map((role) => `select count(*)::int4 as count from ${role}.goals`);
    const [first, second, made] = await sql(
      connection,
      ...counts,
      "select from pg_class where relnamespace = 'public'::regnamespace",
    );
    expect([first?.rows[0].count, second?.rows[0].count]).toEqual([1, 2]);
    expect(made?.rowCount).toBe(0);
  });

  it('that names no schema is told, and nothing is made', async () => {
    const message = (await refusal({ ...connection, options: '-c search_path=absent' })).message;
    expect(message).toContain('search_path (absent)');
    expect(message).toContain('create schema');
  });

  it('that begins with a new schema does not make an empty store beside the old one', async () => {
    await sql(connection, 'create schema newer');
    const { message } = await refusal({ ...connection, options: `-c search_path=newer,${roles[0]}` });
    expect(message).toContain(`the schema ${roles[0]}`);
  });
});
