import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import expected from '../../src/store/expected-schema.json' with { type: 'json' };
import { readSchemaParts } from '../../src/store/inspect-schema.ts';
import { withSession } from '../../src/store/session.ts';
import { run } from '../legacy/support/program.ts';
import { aDatabase } from '../support/database.ts';
import { aHome } from './support.ts';

const patient = { timeout: 120_000 };

/** True of the server that the tests use. */
const ofTests = 'fsync is off: a power loss can destroy the whole database.';

interface Seen {
  level: string;
  area: string;
  what: string;
  advice?: string;
}

/** What the doctor finds wrong, and how it ends. */
async function doctor(database: pg.ClientConfig, env: Record<string, string> = {}, ...args: string[]) {
  const { code, stdout, stderr } = await run(['doctor', '--json', ...args], database, { env });
  if (stdout === '') throw new Error(stderr);
  const { findings } = JSON.parse(stdout) as { findings: Seen[] };
  const isError = ({ level, what }: Seen) => level === 'error' && !what.startsWith(ofTests);
  return { code, stdout, all: findings, errors: findings.filter(isError) };
}

async function sqlOn(database: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(database);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

it('knows the schema of this version', async () => {
  expect(await withSession(await aDatabase(), readSchemaParts)).toEqual(expected);
});

describe('goal-agent doctor', () => {
  it('finds nothing wrong where nothing is', patient, async () => {
    const { code, all, errors } = await doctor(await aDatabase());
    // but for the server of the tests, which may lose everything
    expect({ code, errors }).toEqual({ code: 1, errors: [] });
    expect(all.filter(({ level }) => level === 'error').map(({ what }) => what)).toEqual([ofTests]);
    const areas = ['settings', 'files', 'service', 'server', 'schema', 'upkeep', 'cache'];
    expect([...new Set(all.map(({ area }) => area))]).toEqual(expect.arrayContaining(areas));
  });

  it.each([
    ['a database that is not running', { host: '127.0.0.1', port: 1 }, {}, /ECONNREFUSED.*Start PostgreSQL/],
    ['a database that is missing', { database: 'no_such' }, {}, /There is no such database\. Create it: createdb /],
    ['a user that is missing', { user: 'nobody_here', password: 's3cret' }, {}, /nobody_here/],
    [
      'the URL of another kind of server',
      {},
      { GOAL_AGENT_DATABASE_URL: 'mysql://ann:s3cret@localhost/goals' },
      /^GOAL_AGENT_DATABASE_URL is "mysql:\/\/\*\*\*"; allowed: /,
    ],
  ])('says what to do about %s', patient, async (_what, wrong, env, says) => {
    const { code, errors, stdout } = await doctor({ ...(await aDatabase()), ...wrong }, env);
    expect(code).toBe(1);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.what).toMatch(says);
    expect(errors[0]?.advice).toBeTruthy();
    expect(stdout).not.toContain('s3cret');
  });

  it('says that tables are missing, and makes none', patient, async () => {
    const database = await aDatabase({ empty: true });
    const { code, errors } = await doctor(database);
    expect(code).toBe(1);
    expect(errors).toMatchObject([{ area: 'schema', advice: expect.stringContaining('goal-agent init') }]);
    const { rows } = await (await sqlOn(database)).query(`select from pg_tables where schemaname = 'public'`);
    expect(rows).toEqual([]);
  });

  it('says that the database is of a newer version', patient, async () => {
    const database = await aDatabase();
    await (await sqlOn(database)).query(
      `insert into goal_agent_migrations (name, run_on) values ('9999_later', now())`,
    );
    expect((await doctor(database)).errors[0]?.what).toMatch(/upgraded by a newer Goal Agent.*9999_later/);
  });

  it('finds what somebody dropped, and settings that lose acknowledged changes', patient, async () => {
    const database = await aDatabase();
    const sql = await sqlOn(database);
    await sql.query('drop index tasks_ready; alter table claims drop constraint claims_task_exists');
    await sql.query(`alter database ${database.database} set synchronous_commit = off`);
    const { errors } = await doctor(database);
    expect(errors.map(({ what }) => what).join('\n')).toMatch(
      /synchronous_commit is off.*\nthe constraint claims\.claims_task_exists is missing.*\nthe index tasks\.tasks_ready is missing/,
    );
  });

  it('finds counts that are wrong, and mends them alone', patient, async () => {
    const database = await aDatabase();
    const sql = await sqlOn(database);
    const [goal, ...lines] = [
      ['goal', 'add', 'a goal'],
      ['break', 'GOAL-0001', '-f', 'plan.md'],
    ];
    const home = aHome(database);
    writeFileSync(path.join(home.directory, 'plan.md'), '- [ ] one\n- [ ] two\n');
    for (const args of [goal, ...lines]) await run(args ?? [], database, { cwd: home.directory });
    await sql.query('update goals set open_tasks = 1; update tasks set open_dependencies = 3 where number = 1');
    const before = await doctor(database);
    expect(before.errors.map(({ what }) => what)).toEqual([
      '2 counts of the workspace default are wrong: TASK-0001 waits for 0 tasks, and its count says 3; GOAL-0001 has 2 tasks, 2 of them open, and its counts say 2 and 1.',
    ]);
    expect((await doctor(database, {}, '--fix')).code).toBe(1);
    const fixed = await run(['doctor', '--fix', '--yes'], database);
    expect(fixed.stdout).toContain('Mended 1 goal and 1 task of the workspace default.');
    expect((await doctor(database)).errors).toEqual([]);
  });

  it('finds rows that contradict each other', patient, async () => {
    const database = await aDatabase();
    const sql = await sqlOn(database);
    await run(['goal', 'add', 'a goal'], database);
    await run(
      ['call', 'break_down_goal', '{"goal_id":"GOAL-0001","subtasks":[{"description":"one","labels":["api"]}]}'],
      database,
    );
    await run(['goal', 'add', 'a part', '--parent', '1'], database);
    await sql.query("update tasks set parked = true; update goals set parent_goal_id = 'GOAL-0002' where number = 1");
    await sql.query(
      "update task_labels set priority = 'low'; insert into goal_labels values (1, 1, 'web', 'in_progress', 'high')",
    );
    const { errors } = await doctor(database);
    const found = errors.map(({ what }) => what).join();
    expect(found).toContain('TASK-0001 is parked, and its goal is in_progress');
    expect(found).toContain('GOAL-0001 is a part of itself');
    expect(found).toContain('TASK-0001 is not found by its labels');
    expect(found).toContain('GOAL-0001 is not listed by its labels, status and priority as they are');
    expect(found).toContain('GOAL-0002 has 1 sub-goals, 1 of them open, and its counts say 0 and 0');
  });

  it('finds files that others may read', patient, async () => {
    const database = await aDatabase();
    const home = aHome(database);
    mkdirSync(home.directory, { recursive: true });
    const token = path.join(home.directory, 'local-token');
    writeFileSync(token, 'x');
    chmodSync(token, 0o644);
    const { all } = await doctor(database, { GOAL_AGENT_HOME: home.directory });
    expect(all).toContainEqual(expect.objectContaining({ level: 'warning', advice: `Run: chmod 600 ${token}` }));
  });
});
