import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { knownMigrations, migrate, migrationsDirectory } from '../../src/store/migrate.ts';
import { aDatabase, aStore } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';

async function query(connection: pg.ClientConfig, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A database with the first migrations only. */
async function anOlderDatabase(version: number): Promise<pg.ClientConfig> {
  const older = mkdtempSync(path.join(tmpdir(), 'goal-agent-older-'));
  for (const file of readdirSync(migrationsDirectory).sort().slice(0, version)) {
    cpSync(path.join(migrationsDirectory, file), path.join(older, file));
  }
  const connection = await aDatabase({ empty: true });
  const client = new pg.Client(connection);
  await client.connect();
  const table = { migrationsTable: 'goal_agent_migrations', direction: 'up' as const };
  await runner({ dbClient: client, dir: older, ...table, log: () => {} });
  await client.end();
  rmSync(older, { recursive: true });
  return connection;
}

describe('migrations', () => {
  it('bring an empty database up to date, and then have nothing to do', async () => {
    const connection = await aDatabase({ empty: true });
    expect(await migrate(connection)).toEqual(await knownMigrations());
    expect(await migrate(connection)).toEqual([]);
  });

  it('are run once when ten start at the same moment on an empty database', async () => {
    const connection = await aDatabase({ empty: true });
    const ran = await Promise.all(Array.from({ length: 10 }, () => migrate(connection)));
    expect(ran.flat()).toEqual(await knownMigrations());
  });

  it('leave ten stores that open at the same moment with one workspace', async () => {
    const connection = await aDatabase({ empty: true });
    const stores = await Promise.all(
      Array.from({ length: 10 }, () => aStore(connection, { poolSize: 1, maxOverflow: 0 })),
    );
    expect(new Set(stores.map((store) => store.workspaceId)).size).toBe(1);
    expect(await query(connection, 'select name from workspaces')).toEqual([{ name: 'default' }]);
    expect(await query(connection, 'select kind from counters order by kind')).toHaveLength(3);
  });

  it('go on from every older version', async () => {
    const names = await knownMigrations();
    for (let version = 1; version < names.length; version += 1) {
      const connection = await anOlderDatabase(version);
      expect(await migrate(connection)).toEqual(names.slice(version));
    }
  });

  it('give the rows that are there the words that they are found by', async () => {
    const connection = await anOlderDatabase(8);
    await query(
      connection,
      `insert into workspaces (name) values ('one'), ('two');
      insert into goals (workspace_id, id, number, description, priority, status, repos, metadata)
      select w, 'GOAL-000' || w, w, 'Größe ' || w, 'low', 'planned', '{web-client}', '{}' from generate_series(1, 2) as w;
      insert into tasks (workspace_id, id, number, goal_id, description, type, status, priority, repo, jira_ticket, assigned_tools, result)
      select 1, 'TASK-' || n, n, 'GOAL-0001', 'task ' || n, 'general', 'pending', 'low', 'repo', 'X-1', '{}', '{"a": "登录"}'
      from generate_series(10000, 11234) as n;
      insert into notes (workspace_id, id, goal_id, actor, text) values (2, 70000, 'GOAL-0002', 'a', 'a note')`,
    );
    await migrate(connection);
    const sql = new pg.Client(connection);
    await sql.connect();
    const broken = await brokenInvariants(sql).finally(() => sql.end());
    expect(broken['the words of a row are those of its texts']).toBeUndefined();
    expect(await query(connection, 'select count(*)::int4 as count from task_words')).toEqual([{ count: 1235 }]);
  });

  it('refuse a database that is newer, and do not touch it', async () => {
    const connection = await aDatabase();
    await query(connection, "insert into goal_agent_migrations (name, run_on) values ('9999_from-the-future', now())");
    await expect(migrate(connection)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/newer Goal Agent.*9999_from-the-future.*not touched/),
    });
  });

  it('keep out of a database of others, until somebody says that they may', async () => {
    const connection = await aDatabase({ empty: true });
    await query(connection, 'create table users (id int)');
    await expect(migrate(connection)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/a table of other programs.*goal-agent init.*Nothing was changed/),
    });
    expect(await query(connection, "select relname from pg_class where relname = 'goal_agent_migrations'")).toEqual([]);
    expect(await migrate(connection, { besideOthers: true })).toEqual(await knownMigrations());
    expect(await migrate(connection)).toEqual([]);
  });

  it('do not mind what an extension brought', async () => {
    const connection = await aDatabase({ empty: true });
    await query(connection, 'create table brought (id int); alter extension plpgsql add table brought');
    expect(await migrate(connection)).toEqual(await knownMigrations());
  });

  it('leave nothing half-done when one fails', async () => {
    const connection = await aDatabase({ empty: true });
    // somebody else's type is in the way of the first
    await query(connection, "create type task_status as enum ('todo')");
    await expect(migrate(connection)).rejects.toThrow();
    expect(await query(connection, "select relname from pg_class where relname in ('workspaces', 'goals')")).toEqual(
      [],
    );
  });
});
