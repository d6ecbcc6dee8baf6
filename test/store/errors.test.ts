import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { classifyDatabaseError } from '../../src/store/errors.ts';
import { type ServerPostgres, startServerPostgres } from '../support/server-postgres.ts';

let server: ServerPostgres;
let one: pg.Client;
let two: pg.Client;

beforeAll(async () => {
  server = await startServerPostgres({ settings: { deadlock_timeout: '50ms' } });
  one = await connect();
  two = await connect();
  await one.query(`create table things (id int constraint things_pkey primary key, size int constraint size_is_positive check (size > 0));
    insert into things values (1, 1), (2, 2); create role nobody_much login password 'secret'`);
});

afterAll(async () => {
  await Promise.allSettled([one.end(), two.end()]);
  await server.stop();
});

async function connect(changes: pg.ClientConfig = {}): Promise<pg.Client> {
  const { host, port, user, password } = server;
  const client = new pg.Client({ host, port, user, password, database: 'postgres', ssl: false, ...changes });
  client.on('error', () => {});
  return client.connect();
}

async function classOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) throw new Error('nothing failed');
  return classifyDatabaseError(error);
}

describe('what PostgreSQL says', () => {
  test('a broken rule of the schema is a constraint, with its name', async () => {
    expect(await classOf(one.query('insert into things values (1, 1)'))).toEqual({
      kind: 'constraint',
      sqlstate: '23505',
      constraint: 'things_pkey',
    });
    expect(await classOf(one.query('insert into things values (9, 0)'))).toMatchObject({
      constraint: 'size_is_positive',
    });
  });

  test('a null in a column that must not have one is a constraint without a name', async () => {
    expect(await classOf(one.query('insert into things values (null, 1)'))).toEqual({
      kind: 'constraint',
      sqlstate: '23502',
    });
  });

  test('one of two transactions in a deadlock can be run again', async () => {
    await Promise.all([one.query('begin'), two.query('begin')]);
    await one.query('update things set size = 3 where id = 1');
    await two.query('update things set size = 3 where id = 2');
    const both = await Promise.allSettled([
      one.query('update things set size = 4 where id = 2'),
      two.query('update things set size = 4 where id = 1'),
    ]);
    await Promise.all([one.query('rollback'), two.query('rollback')]);
    const failed = both.find((each) => each.status === 'rejected');
    expect(classifyDatabaseError(failed?.reason)).toEqual({ kind: 'retryable', sqlstate: '40P01' });
  });

  test('a serialization failure can be run again', async () => {
    await one.query('begin isolation level repeatable read');
    await one.query('select * from things');
    await two.query('update things set size = 5 where id = 1');
    const result = await classOf(one.query('update things set size = 6 where id = 1'));
    await one.query('rollback');
    expect(result).toEqual({ kind: 'retryable', sqlstate: '40001' });
  });

  test('a row that is locked, where nobody wants to wait, can be tried again', async () => {
    await one.query('begin');
    await one.query('select * from things where id = 1 for update');
    const result = await classOf(two.query('select * from things where id = 1 for update nowait'));
    await one.query('rollback');
    expect(result).toEqual({ kind: 'retryable', sqlstate: '55P03' });
  });

  test('a statement over its time is cancelled', async () => {
    await two.query('set statement_timeout = 20');
    const result = await classOf(two.query('select pg_sleep(5)'));
    await two.query('reset statement_timeout');
    expect(result).toEqual({ kind: 'cancelled', sqlstate: '57014' });
  });

  test('a wrong password, a missing database and a missing privilege are for a person to change', async () => {
    expect(await classOf(connect({ password: 'wrong' }))).toEqual({ kind: 'configuration', sqlstate: '28P01' });
    expect(await classOf(connect({ database: 'nowhere' }))).toEqual({ kind: 'configuration', sqlstate: '3D000' });
    const stranger = await connect({ user: 'nobody_much', password: 'secret' });
    expect(await classOf(stranger.query('select * from things'))).toEqual({ kind: 'configuration', sqlstate: '42501' });
    await stranger.end();
  });

  test('a write where only reading is allowed is unavailable: the server is a standby now', async () => {
    await one.query('begin read only');
    const result = await classOf(one.query('delete from things'));
    await one.query('rollback');
    expect(result).toEqual({ kind: 'unavailable', sqlstate: '25006' });
  });

  test('a prepared statement that a pooler lost is a matter of configuration', async () => {
    expect(await classOf(one.query('execute nothing'))).toEqual({ kind: 'configuration', sqlstate: '26000' });
  });

  test('a mistake in a statement is none of these', async () => {
    expect(await classOf(one.query('select * from nowhere'))).toEqual({ kind: 'other', sqlstate: '42P01' });
  });
});

describe('what the network does', () => {
  test('a session that was ended from outside is unavailable', async () => {
    const victim = await connect();
    const { rows } = await victim.query('select pg_backend_pid() as pid');
    const waiting = classOf(victim.query('select pg_sleep(5)'));
    await one.query('select pg_terminate_backend($1)', [rows[0].pid]);
    expect(await waiting).toEqual({ kind: 'unavailable', sqlstate: '57P01' });
    expect(await classOf(victim.query('select 1'))).toEqual({ kind: 'unavailable' });
  });

  test('a server that dies under a statement is unavailable, and so is a client after it', async () => {
    const victim = await connect();
    const waiting = classOf(victim.query('select pg_sleep(5)'));
    await server.kill9();
    expect((await waiting).kind).toBe('unavailable');
    expect(await classOf(victim.query('select 1'))).toEqual({ kind: 'unavailable' });
    expect(await classOf(connect())).toEqual({ kind: 'unavailable' });
    expect(await classOf(connect({ host: 'localhost' }))).toEqual({ kind: 'unavailable' });
    await server.restart();
    one = await connect();
    expect((await one.query('select count(*)::int as count from things')).rows).toEqual([{ count: 2 }]);
  });

  test('a pool that has no free connection in time is unavailable', async () => {
    const { host, port, user, password } = server;
    const pool = new pg.Pool({ host, port, user, password, max: 1, ssl: false, connectionTimeoutMillis: 50 });
    const taken = await pool.connect();
    taken.on('error', () => {}); // the server's end may reach it before its own
    expect(await classOf(pool.connect())).toEqual({ kind: 'unavailable' });
    taken.release();
    await pool.end();
  });
});

describe('what only its shape tells', () => {
  test.each([
    ['insert or update on table "tasks_102190" violates foreign key constraint "task_has_goal_102189"', undefined],
    ['duplicate key value', 'task_has_goal_102189'],
    ['duplicate key value', 'task_has_goal'],
  ])("a constraint's name comes without the number of a shard: %s, %s", (message, constraint) => {
    const error = Object.assign(new Error(message), { code: '23503', constraint });
    expect(classifyDatabaseError(error).constraint).toBe('task_has_goal');
  });

  // as Citus 13.2 reports it; test/store/citus/worker-killed.test.ts kills one
  test('a worker that a Citus lost under a statement is unavailable, and any other internal error is a defect', () => {
    const error = Object.assign(new Error('server closed the connection unexpectedly'), { code: 'XX000' });
    const ofWorker = Object.assign(error, { file: 'remote_commands.c', routine: 'ReportResultError' });
    expect(classifyDatabaseError(ofWorker)).toEqual({ kind: 'unavailable', sqlstate: '08006' });
    const ofServer = Object.assign(error, { file: 'heapam.c', routine: 'heap_update' });
    expect(classifyDatabaseError(ofServer)).toEqual({ kind: 'other', sqlstate: 'XX000' });
  });

  test('a Node code of five capitals is not taken for an SQLSTATE', () => {
    expect(classifyDatabaseError(Object.assign(new Error('write'), { code: 'EPIPE' }))).toEqual({
      kind: 'unavailable',
    });
  });

  test.each([
    'SELF_SIGNED_CERT_IN_CHAIN',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'EACCES',
  ])('%s is for a person to change', (code) => {
    expect(classifyDatabaseError(Object.assign(new Error('no'), { code }))).toEqual({ kind: 'configuration' });
  });

  test('the text of an error decides nothing', () => {
    const misleading = Object.assign(new Error('Connection terminated unexpectedly: deadlock detected'), {
      code: '23505',
    });
    expect(classifyDatabaseError(misleading).kind).toBe('constraint');
  });

  test('an aborted call is cancelled, and a mistake in code or a thing that is no error is other', () => {
    expect(classifyDatabaseError(AbortSignal.abort().reason).kind).toBe('other'); // a DOMException: its code is a number
    expect(classifyDatabaseError(Object.assign(new Error('aborted'), { code: 'ABORT_ERR' })).kind).toBe('cancelled');
    for (const error of [new TypeError('x is not a function'), undefined, null, 'text', 42, {}]) {
      expect(classifyDatabaseError(error)).toEqual({ kind: 'other' });
    }
  });
});
