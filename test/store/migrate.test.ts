import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createGoal } from '../../src/service/goals.ts';
import { runCommands } from '../../src/store/commands.ts';
import { knownMigrations, migrate, migrationsDirectory } from '../../src/store/migrate.ts';
import { withSession } from '../../src/store/session.ts';
import { run } from '../legacy/support/program.ts';
import { aCall, aDatabase, aStore } from '../support/database.ts';

async function query(connection: pg.ClientConfig, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The program as its next version will be: with a migration more. */
function aNewerProgram(): { program: string; migration: string } {
  const newer = mkdtempSync(path.join(tmpdir(), 'goal-agent-newer-'));
  onTestFinished(() => rmSync(newer, { recursive: true }));
  const root = path.dirname(migrationsDirectory);
  for (const part of ['dist', 'migrations', 'package.json']) {
    cpSync(path.join(root, part), path.join(newer, part), { recursive: true });
  }
  const migration = '9999_from-the-future';
  const commands = [
    'alter table goals add column owner text;',
    "comment on column goals.owner is 'the owner; a name';",
  ];
  writeFileSync(path.join(newer, 'migrations', `${migration}.sql`), commands.join('\n'));
  return { program: path.join(newer, 'dist/main/goal-agent.js'), migration };
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
    expect(await query(connection, 'select kind from counters order by kind')).toHaveLength(4);
  });

  it('go on from an older version, and keep a program of that version out', async () => {
    const { call, sql, connection } = await aCall();
    await createGoal(call, { description: 'a goal', priority: 'high', repos: [], metadata: {} });
    const { program, migration } = aNewerProgram();
    const { code, stdout, stderr } = await run(['init'], connection, { program });
    expect([code, stderr, stdout]).toEqual([0, '', expect.stringContaining(`ran ${migration}\n`)]);
    expect((await sql.query('select id, owner from goals')).rows).toEqual([{ id: 'GOAL-0001', owner: null }]);
    expect((await run(['init'], connection, { program })).stdout).toContain('up to date');
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

  it('send one command at a time', async () => {
    await withSession(await aDatabase({ empty: true }), async (session) => {
      await runCommands(
        session,
        '-- nothing;\ncreate table a (x int); -- is not an end\ncreate table b (x int);\n',
      ).catch((error) => expect(error.message).toMatch(/multiple commands/));
      expect((await session.query(`select to_regclass('a') as a, to_regclass('b') as b`)).rows).toEqual([
        { a: null, b: null },
      ]);
      await runCommands(session, 'create table a (x int);\n\n-- of b\ncreate table b (x int);');
      expect((await session.query(`select to_regclass('a') as a, to_regclass('b') as b`)).rows).toEqual([
        { a: 'a', b: 'b' },
      ]);
    });
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
