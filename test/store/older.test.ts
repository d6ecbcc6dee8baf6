import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { getHistory } from '../../src/service/history.ts';
import { getTask } from '../../src/service/tasks.ts';
import { undo } from '../../src/service/undo.ts';
import { knownMigrations, migrate, refuseOlder } from '../../src/store/migrate.ts';
import { run, start } from '../legacy/support/program.ts';
import { readCatalog } from '../support/catalog.ts';
import { aClient } from '../support/conversation.ts';
import { aDatabase, aStore } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';

const fixtures = path.resolve(import.meta.dirname, '../fixtures/older');

/** A database as the program of the seven migrations left it. */
async function anOlderDatabase(): Promise<{ connection: pg.ClientConfig; sql: pg.Client }> {
  const connection = await aDatabase({ empty: true });
  const sql = new pg.Client(connection);
  await sql.connect();
  onTestFinished(() => sql.end());
  await runner({
    dbClient: sql,
    dir: path.join(fixtures, 'migrations'),
    migrationsTable: 'goal_agent_migrations',
    direction: 'up',
    log: () => {},
  });
  await sql.query(await readFile(path.join(fixtures, 'rows.sql'), 'utf8'));
  return { connection, sql };
}

/** Everything that is in the database: its catalog, and its rows as text. */
async function everythingIn(sql: pg.Client) {
  const { rows: tables } = await sql.query(`select tablename as name from pg_tables where schemaname = 'public'`);
  const rows: [string, unknown[]][] = [];
  for (const { name } of tables.toSorted((a, b) => a.name.localeCompare(b.name))) {
    rows.push([name, (await sql.query(`select t::text as row from ${name} t order by 1`)).rows]);
  }
  return { catalog: await readCatalog(sql), rows };
}

describe('a database of the seven older migrations', () => {
  it('gets the schema of a fresh one, and keeps every goal, task, dependency, note, claim and event', async () => {
    const { connection, sql } = await anOlderDatabase();
    const rows = async () =>
      (
        await sql.query(`select (select jsonb_agg(to_jsonb(g) - '{labels,due_at,strict,parent_goal_id,total_goals,open_goals}'::text[] order by g.id) from goals g) as goals,
          (select jsonb_agg(to_jsonb(t) - '{claimed_by,lease_expires_at,labels,criteria,due_at,waived,defer_until}'::text[] order by t.id) from tasks t) as tasks,
          (select jsonb_agg(to_jsonb(d) order by d.task_id, d.place) from task_dependencies d) as dependencies,
          (select jsonb_agg(to_jsonb(n) order by n.id) from notes n) as notes,
          (select count(*) from events) as events`)
      ).rows;
    const before = await rows();
    const claimed = (await sql.query(`select id, claimed_by from tasks where claimed_by is not null`)).rows;
    expect(claimed).toHaveLength(1);
    expect(await migrate(connection)).toEqual(['older/to-0001', ...(await knownMigrations()).slice(1)]);
    expect(await migrate(connection)).toEqual([]);
    expect(await rows()).toEqual(before);
    expect((await sql.query('select task_id as id, holder as claimed_by from claims')).rows).toEqual(claimed);
    expect(await brokenInvariants(sql)).toEqual({});
    expect(
      (await sql.query('select name from goal_agent_migrations order by id')).rows.map(({ name }) => name),
    ).toEqual(await knownMigrations());
    const fresh = await aClient(await aDatabase());
    expect(await readCatalog(sql)).toEqual(await readCatalog(fresh));
  });

  it('gets the words that its rows are found by, in every workspace and over many pages', async () => {
    const { connection, sql } = await anOlderDatabase();
    await sql.query(`
      insert into workspaces (id, name) values (2, 'two');
      insert into goals (workspace_id, id, number, description, priority, status, repos, metadata)
      select w, 'GOAL-7000', 7000, 'Größe ' || w, 'low', 'planned', '{web-client}', '{}' from generate_series(1, 2) as w;
      insert into tasks (workspace_id, id, number, goal_id, description, type, status, priority, repo, jira_ticket, assigned_tools, result)
      select 2, 'TASK-' || n, n, 'GOAL-7000', 'task ' || n, 'general', 'pending', 'low', 'repo', 'X-1', '{}', '{"a": "登录"}'
      from generate_series(10000, 11234) as n;
      update goals set total_tasks = 1235, open_tasks = 1235, status = 'in_progress' where workspace_id = 2;
      insert into notes (workspace_id, id, goal_id, actor, text) values (2, 70000, 'GOAL-7000', 'a', 'a note')`);
    await migrate(connection);
    const broken = await brokenInvariants(sql);
    expect(broken['the words of a row are those of its texts']).toBeUndefined();
    expect((await sql.query('select count(*)::int4 as count from task_words where workspace_id = 2')).rows).toEqual([
      { count: 1235 },
    ]);
  });

  it('is converted once when five start at the same moment', async () => {
    const { connection, sql } = await anOlderDatabase();
    const ran = await Promise.all(Array.from({ length: 5 }, () => migrate(connection)));
    expect(ran.flat()).toEqual(['older/to-0001', ...(await knownMigrations()).slice(1)]);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('is as it was after the program was killed in the middle', async () => {
    const { connection, sql } = await anOlderDatabase();
    const before = await everythingIn(sql);
    const blocker = await aClient(connection);
    await blocker.query('begin; lock table requests in access share mode');
    const { child, ended } = start(['init'], connection);
    // operations and events are converted by then: it waits to drop the requests
    const waiting = `select pid from pg_locks where not granted and relation = 'requests'::regclass and mode = 'AccessExclusiveLock'`;
    await expect.poll(async () => (await sql.query(waiting)).rows, { timeout: 30_000 }).toHaveLength(1);
    child.kill('SIGKILL');
    await ended;
    await blocker.query('rollback');
    const left = `select pid from pg_stat_activity where datname = current_database() and application_name = 'goal-agent migrate'`;
    await expect.poll(async () => (await sql.query(left)).rows, { timeout: 30_000 }).toEqual([]);
    expect(await everythingIn(sql)).toEqual(before);
    expect((await run(['init'], connection)).stdout).toContain('ran older/to-0001, ');
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('is converted by init alone where the servers may not write', async () => {
    const { connection, sql } = await anOlderDatabase();
    const before = await everythingIn(sql);
    await expect(refuseOlder(connection)).rejects.toMatchObject({
      message: expect.stringContaining('goal-agent init'),
    });
    expect(await everythingIn(sql)).toEqual(before);
  });

  it.each([
    ['delete from goal_agent_migrations where id > 3', '0003_claims'],
    ["insert into goal_agent_migrations (name, run_on) values ('0008_lists-of-tasks', now())", '0008_lists-of-tasks'],
  ])('is refused where it lies between two versions: %s', async (change, last) => {
    const { connection, sql } = await anOlderDatabase();
    await sql.query(change);
    const before = await everythingIn(sql);
    await expect(migrate(connection)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining(`(its last migration is ${last})`),
    });
    expect(await everythingIn(sql)).toEqual(before);
  });

  it('has its history told, and taken back, as before', async () => {
    const { connection, sql } = await anOlderDatabase();
    const call = { store: await aStore(connection), actor: 'bob' };
    const { events } = await getHistory(call, {}, { limit: 100 });
    expect(events).toHaveLength(31);
    expect(events.map(({ action }) => action)).toContain('undone');
    const { rows } = await sql.query(
      `select o.answer from operations o where o.request_id = 'second' and o.tool = 'create_goal'`,
    );
    expect(rows[0].answer).toContain('GOAL-0002');
    // the batch, the deletion of a goal, its completion, its note and its breakdown
    await undo(call, undefined);
    expect((await getTask(call, 'TASK-0004')).status).toBe('pending');
    for (let n = 0; n < 3; n += 1) await undo(call, undefined);
    expect((await getTask(call, 'TASK-0007')).status).toBe('pending');
    expect(await brokenInvariants(sql)).toEqual({});
    for (let n = 0; n < 2; n += 1) await undo(call, undefined);
    expect((await sql.query(`select id from goals where id = 'GOAL-0003'`)).rows).toEqual([]);
    expect(await brokenInvariants(sql)).toEqual({});
  });
});
