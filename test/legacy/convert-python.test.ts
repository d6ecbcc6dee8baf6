import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { convertPythonTables } from '../../src/legacy/python/convert.ts';
import { migrate } from '../../src/store/migrate.ts';
import { afterFile } from '../support/after-file.ts';
import { aDatabase } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { aServerForTest } from '../support/server-process.ts';
import { run, start } from './support/program.ts';

const dump = await readFile('test/fixtures/v3-python/mcp_goals.sql', 'utf8');

/** A database as the Python v3.0 left it. */
async function aPythonDatabase(): Promise<{ connection: Awaited<ReturnType<typeof aDatabase>>; sql: pg.Client }> {
  const connection = await aDatabase({ empty: true });
  const sql = new pg.Client(connection);
  sql.on('error', () => {});
  await sql.connect();
  afterFile(() => sql.end());
  await sql.query(dump);
  await sql.query('set search_path to public');
  return { connection, sql };
}

/** All that is in the database: tables, columns, constraints, indexes, types, and every row of the old tables. */
async function contentsOf(sql: pg.Client): Promise<unknown> {
  const queries = [
    `select c.relname, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod) from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
     where c.relnamespace = 'public'::regnamespace order by 1, a.attnum`,
    `select conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2`,
    `select typname from pg_type where typnamespace = 'public'::regnamespace order by 1`,
    'select g::text from public.goals g order by id',
    'select t::text from public.tasks t order by id',
  ];
  const results = [];
  for (const query of queries) results.push((await sql.query({ text: query, rowMode: 'array' })).rows);
  return results;
}

/** Makes each creation of `table` do `body`, in a database where we may: the way to fail or wait in the middle. */
async function onCreate(sql: pg.Client, table: string, body: string): Promise<void> {
  await sql.query(`create schema trap`);
  await sql.query(`
    create function trap.spring() returns event_trigger language plpgsql as $$
    begin
      if exists (select from pg_event_trigger_ddl_commands() where object_identity = 'public.${table}' and command_tag = 'CREATE TABLE') then ${body} end if;
    end $$`);
  await sql.query('create event trigger trap on ddl_command_end execute function trap.spring()');
}

const questions = [
  'SELECT COUNT(*) FROM goals;',
  'SELECT COUNT(*) FROM tasks;',
  'SELECT id, description FROM goals ORDER BY created_at DESC LIMIT 1;',
  "SELECT COUNT(*) FROM tasks WHERE goal_id='GOAL-0001';",
];

describe('goal-agent init on a Python v3.0 database', () => {
  it('converts every row, keeps the old tables, and psql gives the same answers', async () => {
    const { connection, sql } = await aPythonDatabase();
    const answers = async () => Promise.all(questions.map(async (question) => (await sql.query(question)).rows));
    const before = await answers();
    const { code, stderr, stdout } = await run(['init'], connection);
    expect([code, stderr]).toEqual([0, expect.stringContaining('nothing had to be changed')]);
    expect(stdout).toContain('8 goals, 31 tasks');
    expect(await answers()).toEqual(before);
    expect(await brokenInvariants(sql)).toEqual({});
    const { rows } = await sql.query(`
      select (select count(*)::int from task_dependencies) as dependencies,
        (select count(*)::int from events where action = 'created') as events,
        (select count(*)::int from legacy_goals) as old_goals, (select count(*)::int from legacy_tasks) as old_tasks,
        (select next::int from counters where kind = 'task') as next_task,
        (select completed_at = '2026-11-22 16:22:02.400492+00' from tasks where id = 'TASK-0001') as times_are_utc,
        (select result from tasks where id = 'TASK-0028') as result`);
    expect(rows).toEqual([
      {
        dependencies: 23,
        events: 39,
        old_goals: 8,
        old_tasks: 31,
        next_task: 33,
        times_are_utc: true,
        result: 'token bucket wins',
      },
    ]);
  });

  it('keeps numbers that a double cannot hold', async () => {
    const { connection, sql } = await aPythonDatabase();
    await sql.query(
      `update tasks set result = '{"build": 12345678901234567890, "half": 1e-400}' where id = 'TASK-0001'`,
    );
    await sql.query(`update goals set metadata = '{"discord_id": 1234567890123456789}' where id = 'GOAL-0001'`);
    const { stderr } = await run(['init'], connection);
    expect(stderr).toContain('nothing had to be changed');
    const { rows } = await sql.query(`
      select result ->> 'build' as build, (result ->> 'half')::numeric = 1e-400 as half,
        (select metadata ->> 'discord_id' from goals where id = 'GOAL-0001') as discord_id
      from tasks where id = 'TASK-0001'`);
    expect(rows).toEqual([{ build: '12345678901234567890', half: true, discord_id: '1234567890123456789' }]);
  });

  it('does it once: a second init finds nothing to do', async () => {
    const { connection, sql } = await aPythonDatabase();
    await run(['init'], connection);
    expect(await run(['init'], connection)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('up to date'),
    });
    expect((await sql.query('select count(*)::int from events')).rows).toEqual([{ count: 39 }]);
  });

  it('does it once when four start at the same moment', async () => {
    const { connection, sql } = await aPythonDatabase();
    const conversions = await Promise.all(
      Array.from({ length: 4 }, () => convertPythonTables(connection, { workspace: 'default' })),
    );
    expect(conversions.filter((conversion) => conversion !== undefined)).toHaveLength(1);
    expect((await sql.query('select count(*)::int from tasks')).rows).toEqual([{ count: 31 }]);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('leaves dirty rows behind only in the report', async () => {
    const { connection, sql } = await aPythonDatabase();
    await sql.query(
      `
      alter table tasks drop constraint tasks_goal_id_fkey;
      alter table goals add column owner text;
      update goals set owner = 'ann', metadata = null, repos = '"backend"' where id = 'GOAL-0001';
      update tasks set goal_id = 'GOAL-0099', dependencies = '["TASK-0404", "TASK-0003"]' where id = 'TASK-0001';
      update tasks set dependencies = '["TASK-0001"]' where id = 'TASK-0003';
      update tasks set status = 'odd', description = '', result = '{"text": "a\\u0000b", "n": NaN}'::text::json where id = 'TASK-0005'`.replace(
        ', "n": NaN',
        '',
      ),
    );
    const conversion = await convertPythonTables(connection, { workspace: 'default' });
    const told = conversion?.report.changes.map(({ kind, id }) => `${kind} ${id}`);
    expect(told).toEqual(
      expect.arrayContaining([
        'extra_field GOAL-0001',
        'missing_field GOAL-0001',
        'wrong_type GOAL-0001',
        'missing_goal TASK-0001',
        'missing_dependency TASK-0001',
        'cycle TASK-0003',
        'unknown_status TASK-0005',
        'text TASK-0005',
      ]),
    );
    expect(await brokenInvariants(sql)).toEqual({});
    expect((await sql.query(`select result ->> 'text' as text from tasks where id = 'TASK-0005'`)).rows).toEqual([
      { text: 'a\ufffdb' },
    ]);
  });

  it('drops the old tables when told to', async () => {
    const { connection, sql } = await aPythonDatabase();
    await run(['init'], connection);
    expect(await run(['import', 'drop-legacy'], connection)).toMatchObject({
      code: 0,
      stdout: 'Dropped legacy_tasks (31 rows).\nDropped legacy_goals (8 rows).\n',
    });
    expect(
      (await sql.query(`select to_regclass('legacy_goals') as goals, (select count(*)::int from tasks) as tasks`)).rows,
    ).toEqual([{ goals: null, tasks: 31 }]);
    expect((await run(['import', 'drop-legacy'], connection)).stdout).toContain('nothing was done');
  });
});

describe('a conversion that fails', () => {
  it.each([
    ['at the first table', 'workspaces', "raise exception 'no';"],
    ['at the last table', 'imports', "raise exception 'no';"],
    [
      'when the first row is written',
      'goals',
      `execute 'alter table public.goals add constraint no check (id is null)';`,
    ],
    [
      'when the history is written',
      'operations',
      `execute 'alter table public.operations add constraint no check (actor = '''')';`,
    ],
    [
      'when the report is written',
      'imports',
      `execute 'alter table public.imports add constraint no check (source = '''')';`,
    ],
  ])('%s leaves the database as it was', async (_when, table, body) => {
    const { connection, sql } = await aPythonDatabase();
    const before = await contentsOf(sql);
    await onCreate(sql, table, body);
    expect((await run(['init'], connection)).code).not.toBe(0);
    expect(await contentsOf(sql)).toEqual(before);
    await sql.query('drop event trigger trap; drop schema trap cascade');
    expect((await run(['init'], connection)).code).toBe(0);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it.each([
    [
      'rows were written',
      'tasks',
      `execute 'alter table public.tasks add constraint slow check (number < 5 or pg_sleep(0.2) is not null)';`,
    ],
    [
      'the report was written',
      'imports',
      `execute 'alter table public.imports add constraint slow check (pg_sleep(3) is not null)';`,
    ],
  ])('because it was killed while %s leaves the database as it was', async (_when, table, body) => {
    const { connection, sql } = await aPythonDatabase();
    const before = await contentsOf(sql);
    await onCreate(sql, table, body);
    const { child, ended } = start(['init'], connection);
    await until(
      sql,
      `select from pg_stat_activity where application_name like 'goal-agent%' and wait_event = 'PgSleep' and datname = current_database()`,
    );
    child.kill('SIGKILL');
    await ended;
    // the server notices a client that is gone when the statement ends
    await until(
      sql,
      `select where not exists (select from pg_stat_activity where application_name like 'goal-agent%' and datname = current_database())`,
    );
    expect(await contentsOf(sql)).toEqual(before);
    await sql.query('drop event trigger trap; drop schema trap cascade');
    expect((await run(['init'], connection)).code).toBe(0);
    expect((await sql.query('select count(*)::int from tasks')).rows).toEqual([{ count: 31 }]);
  });

  it('because an earlier conversion was kept, or the tables are in use, says so', async () => {
    const { connection, sql } = await aPythonDatabase();
    await sql.query('create table legacy_goals ()');
    expect((await run(['init'], connection)).stderr).toContain(
      'legacy_goals from an earlier conversion are still there',
    );
    await sql.query('drop table legacy_goals');
    await sql.query('begin');
    await sql.query('select from goals');
    const { code, stderr } = await run(['init'], connection);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('The tables of the Python v3.0 are in use. Stop that server'),
    ]);
    await sql.query('rollback');
  });
});

describe('everything but init', () => {
  it('refuses a Python v3.0 database and says what to do', async () => {
    const { connection, sql } = await aPythonDatabase();
    const before = await contentsOf(sql);
    await expect(migrate(connection)).rejects.toThrow('run goal-agent init');
    expect((await run(['import', 'report'], connection)).stderr).toContain('Stop that server and run goal-agent init');
    const server = await aServerForTest({ database: connection });
    expect((await server.call('list_goals')).error).toContain('Stop that server and run goal-agent init');
    expect(await contentsOf(sql)).toEqual(before);
  });

  it('refuses tables of that name that are not ours', async () => {
    const connection = await aDatabase({ empty: true });
    const sql = new pg.Client(connection);
    await sql.connect();
    await sql.query('create table goals (id int, team text)');
    expect((await run(['init'], connection)).stderr).toContain(
      'tables named goals or tasks that are not of Goal Agent',
    );
    await sql.end();
  });
});

async function until(sql: pg.Client, query: string): Promise<void> {
  for (let tries = 0; (await sql.query(query)).rowCount === 0; tries += 1) {
    if (tries > 400) throw new Error(`never: ${query}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
