import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { getHistory } from '../../src/service/history.ts';
import { getTask } from '../../src/service/tasks.ts';
import { undo } from '../../src/service/undo.ts';
import { knownMigrations, migrate, migrationsDirectory } from '../../src/store/migrate.ts';
import { aDatabase, aStore } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';

const fixtures = path.resolve(import.meta.dirname, '../fixtures/older');

/** A database as a program of that many migrations left it. */
async function anOlderDatabase(migrations: number): Promise<{ connection: pg.ClientConfig; sql: pg.Client }> {
  const connection = await aDatabase({ empty: true });
  const sql = new pg.Client(connection);
  await sql.connect();
  await runner({
    dbClient: sql,
    dir: migrationsDirectory,
    migrationsTable: 'goal_agent_migrations',
    direction: 'up',
    count: migrations,
    log: () => {},
  });
  await sql.query(await readFile(path.join(fixtures, `${String(migrations).padStart(4, '0')}.sql`), 'utf8'));
  return { connection, sql };
}

describe('a database with images in its history, and claims in its tasks', () => {
  it('keeps every goal, task, dependency, note, claim and event', async () => {
    const { connection, sql } = await anOlderDatabase(7);
    const rows = async () =>
      (
        await sql.query(`select (select jsonb_agg(to_jsonb(g) order by g.id) from goals g) as goals,
          (select jsonb_agg(to_jsonb(t) - '{claimed_by,lease_expires_at}'::text[] order by t.id) from tasks t) as tasks,
          (select jsonb_agg(to_jsonb(d) order by d.task_id, d.place) from task_dependencies d) as dependencies,
          (select jsonb_agg(to_jsonb(n) order by n.id) from notes n) as notes,
          (select count(*) from events) as events`)
      ).rows;
    const before = await rows();
    const claimed = (await sql.query(`select id, claimed_by from tasks where claimed_by is not null`)).rows;
    expect(claimed).toHaveLength(1);
    expect(await migrate(connection)).toEqual((await knownMigrations()).slice(7));
    expect(await rows()).toEqual(before);
    expect((await sql.query('select task_id as id, holder as claimed_by from claims')).rows).toEqual(claimed);
    expect(await brokenInvariants(sql)).toEqual({});
    await sql.end();
  });

  it('has its history told, and taken back, as before', async () => {
    const { connection, sql } = await anOlderDatabase(7);
    const call = { store: await aStore(connection), actor: 'bob' };
    const events = await getHistory(call, {}, { limit: 100 });
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
    await sql.end();
  });
});
