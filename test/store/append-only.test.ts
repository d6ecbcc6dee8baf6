import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { tools } from '../../src/tools/index.ts';
import { run } from '../legacy/support/program.ts';
import { aClient } from '../support/conversation.ts';
import { aDatabase } from '../support/database.ts';
import { aServerForTest } from '../support/server-process.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** What changes or deletes events in this text, or wants the right to. */
function attacksOnEvents(text: string): string[] {
  const events = String.raw`(?:only\s+)?(?:"?public"?\.)?"?events"?(?![\w-])`;
  return [
    new RegExp(
      String.raw`\b(?:update|delete\s+from|merge\s+into|truncate(?:\s+table)?(?:\s+\w+,)*|drop\s+table(?:\s+if\s+exists)?)\s+${events}`,
      'gi',
    ),
    new RegExp(String.raw`\binsert\s+into\s+${events}[^;\`]*?\bon\s+conflict\b[^;\`]*?\bdo\s+update\b`, 'gis'),
    new RegExp(String.raw`\bfrom\s+${events}[^;\`)]*?\bfor\s+(?:no\s+key\s+)?(?:update|(?:key\s+)?share)\b`, 'gis'),
  ].flatMap((pattern) => [...text.matchAll(pattern)].map(([found]) => found));
}

describe('the history', () => {
  const files = ['src', 'migrations', 'scripts'].flatMap((directory) =>
    readdirSync(path.join(root, directory), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs|sql)$/.test(file))
      .map((file) => path.join(directory, file)),
  );

  it('is changed and deleted by no statement of ours', () => {
    expect(files).toContain('src/store/statements/restore-history.ts');
    expect(files).toContain('migrations/0001_schema.sql');
    const attacks = files.flatMap((file) =>
      attacksOnEvents(readFileSync(path.join(root, file), 'utf8')).map((found) => `${file}: ${found}`),
    );
    // what is in a file goes: docs/decisions/archives.md
    expect(attacks).toEqual(['src/store/statements/history-archives.ts: delete from events']);
  });

  it('is deleted with its whole workspace or when it is in an archive, and not otherwise', () => {
    const deleting = files.filter((file) => readFileSync(path.join(root, file), 'utf8').includes("removal('events')"));
    expect(deleting).toEqual(['src/store/statements/remove-workspace.ts']);
    const importing = files.filter((file) =>
      /import[^;]*removeOldEvents[^;]*;/.test(readFileSync(path.join(root, file), 'utf8')),
    );
    expect(importing).toEqual(['src/service/history-archives.ts']);
  });

  it.each([
    ['update events set actor = $1', 1],
    ['UPDATE public.events e SET actor = $1', 1],
    ['with gone as (delete\n  from events where seq = 1 returning *) select', 1],
    ['truncate goals, events cascade', 1],
    ['truncate table events', 1],
    ['merge into events e using', 1],
    ['insert into events (seq) values (1) on conflict (seq) do update set seq = 2', 1],
    ['select * from events e where e.seq = 1 for update', 1],
    ['drop table if exists events', 1],
    ['insert into events (seq) select 1 from tasks', 0],
    ['update tasks t set status = $1 from events e', 0],
    ['delete from event_sources', 0],
    ['select * from events', 0],
  ])('would be seen to be attacked by %j: %i', (text, count) => {
    expect(attacksOnEvents(text)).toHaveLength(count);
  });

  it('is taken along by no deletion of other rows', async () => {
    const client = await aClient(await aDatabase());
    const { rows } = await client.query(
      `select conname from pg_constraint where conrelid = 'events'::regclass and contype = 'f'`,
    );
    expect(rows).toEqual([]);
  });
});

// the embedded server lets no role in but its own
describe.skipIf(!inject('server'))('with the roles and grants of docs/postgres.md', () => {
  const suffix = randomBytes(4).toString('hex');
  const [owner, app, name] = [`owner_${suffix}`, `app_${suffix}`, `t_${suffix}`];
  const password = randomBytes(8).toString('hex');
  const asOwner = { ...inject('postgres'), user: owner, password, database: name };
  const asApp = { ...inject('postgres'), user: app, password, database: name };

  /** The SQL of the page, block by block, with names of this test's own. */
  const blocks = [...readFileSync(path.join(root, 'docs/postgres.md'), 'utf8').matchAll(/```sql\n([\s\S]*?)```/g)].map(
    ([, sql = '']) =>
      sql
        .replaceAll('goal_agent_owner', owner)
        .replaceAll('goal_agent_app', app)
        .replaceAll('mcp_goals', name)
        .replaceAll('…', password),
  );

  async function administer(database: string, statements: string[]): Promise<void> {
    const client = new pg.Client({ ...inject('postgres'), database });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }
  const statementsOf = (sql = '') => sql.split(/;\s*\n/).filter((statement) => statement.trim() !== '');

  beforeAll(async () => {
    expect(blocks.length).toBeGreaterThanOrEqual(2);
    await administer('postgres', statementsOf(blocks[0]));
    const { code, stdout, stderr } = await run(['init'], asOwner);
    expect([code, stderr, stdout]).toEqual([0, '', expect.stringContaining('Goal Agent is ready')]);
    await administer(name, statementsOf(blocks[1]));
  });
  afterAll(async () => {
    await administer('postgres', [
      `drop database if exists ${name} with (force)`,
      `drop role if exists ${app}`,
      `drop role if exists ${owner}`,
    ]);
  });

  it.each([
    'update events set action = action',
    'delete from events',
    'truncate events',
    'alter table events add x int',
  ])('PostgreSQL refuses %j to the servers’ role', async (attack) => {
    const client = await aClient(asApp);
    await expect(client.query(attack)).rejects.toMatchObject({ code: '42501' });
  });

  it('every tool works', async () => {
    const server = await aServerForTest({ database: asApp, env: { GOAL_AGENT_TOOLSETS: 'core,team,templates' } });
    const called = new Set<string>();
    const ask = async (tool: string, args: Record<string, unknown> = {}) => {
      called.add(tool);
      const { answer, error } = await server.call(tool, args);
      expect(error, tool).toBeUndefined();
      return answer;
    };
    const goal_id = (await ask('create_goal', { description: 'a goal' })).id as string;
    const other = (await ask('create_goal', { description: 'another' })).id as string;
    const subtasks = [1, 2, 3, 4].map((n) => ({ description: `task ${n}` }));
    const { tasks } = (await ask('break_down_goal', { goal_id, subtasks, full: true })) as { tasks: { id: string }[] };
    const [a, b, c, d] = tasks.map((task) => task.id) as [string, string, string, string];
    await ask('get_next_tasks');
    await ask('claim_tasks', { task_ids: [a, b] });
    await ask('claim_tasks', { task_ids: [a] });
    await ask('release_tasks', { task_ids: [b] });
    await ask('update_task_status', { task_id: a, status: 'completed', result: { done: true } });
    await ask('acquire', { names: ['src/**'] });
    await ask('acquire', { names: ['src/**', 'docs'] });
    await ask('release', { names: ['src/**', 'docs'] });
    await ask('save_template', { name: 'again', goal_id });
    await ask('save_template', { name: 'again', goal_id, parameters: { what: 'task' } });
    await ask('save_template', { name: 'again', goal_id });
    await ask('recur_template', { name: 'again', rule: '0 9 * * *' });
    await ask('apply_template', { name: 'again' });
    await ask('list_templates');
    await ask('delete_template', { name: 'again' });
    await ask('add_note', { task_id: a, text: 'a note' });
    await ask('update_goal', { goal_id, priority: 'high', status: 'completed' });
    await ask('undo');
    await ask('update_task', { task_id: b, description: 'changed', add_dependencies: [c], goal_id: other });
    await ask('batch_update_tasks', { updates: [c, d].map((task_id) => ({ task_id, status: 'completed' })) });
    const undone = await ask('undo');
    await ask('undo', { event_id: undone.event_id });
    await ask('delete_task', { task_id: d });
    await ask('undo');
    for (const tool of ['get_goal', 'generate_execution_plan', 'get_briefing', 'get_history'])
      await ask(tool, { goal_id });
    for (const tool of ['list_goals', 'list_tasks', 'get_agent_status']) await ask(tool);
    await ask('get_task', { task_id: a });
    await ask('batch_get_tasks', { task_ids: [a, b] });
    await ask('search', { query: 'task' });
    await ask('acquire', { names: ['src/**'] });
    await ask('release', { names: ['src/**'] });
    await ask('delete_goal', { goal_id });
    await ask('undo');
    expect([...called].toSorted()).toEqual(tools.map((tool) => tool.name).toSorted());
  });

  it('a workspace is deleted by the owner alone', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'goal-agent-grants-'));
    try {
      expect((await run(['workspace', 'create', 'gone'], asApp)).code).toBe(0);
      const args = ['workspace', 'delete', 'gone', '--confirm', 'gone'];
      const refused = await run(args, asApp, { cwd: directory });
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('42501')]);
      expect(readdirSync(directory)).toEqual([]);
      expect((await run(['workspace', 'list'], asApp)).stdout).toContain('gone');
      expect((await run(args, asOwner, { cwd: directory })).code).toBe(0);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('imports, exports and the command undo work', async () => {
    const fixture = path.join(root, 'test/fixtures/v2');
    const env = { GOAL_AGENT_WORKSPACE: 'imported' };
    const directory = mkdtempSync(path.join(tmpdir(), 'goal-agent-grants-'));
    const succeeds = async (args: string[], more: Record<string, string> = env) => {
      const ran = await run(args, asApp, { cwd: directory, env: more });
      expect([args, ran.code, ran.stderr]).toEqual([args, 0, '']);
      return ran.stdout;
    };
    try {
      await succeeds(['import', 'v2', fixture, '--timezone', 'UTC']);
      expect(await succeeds(['import', 'v2', fixture, '--on-conflict', 'overwrite'])).toContain('imported 8 goals');
      await succeeds(['export', 'json', 'all.json']);
      await succeeds(['import', 'json', 'all.json'], { GOAL_AGENT_WORKSPACE: 'restored' });
      await administer(name, [`update operations set at = at - interval '2 years'`]);
      const archive = ['archive', 'history', 'history.gz', '--older-than', '300d', '--yes'];
      const refused = await run(archive, asApp, { cwd: directory, env });
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('may not delete history')]);
      expect((await run(archive, asOwner, { cwd: directory, env })).code).toBe(0);
      const server = await aServerForTest({ database: asApp, env: { ...env, GOAL_AGENT_NAME: 'ann' } });
      expect((await server.call('create_goal', { description: 'x' })).error).toBeUndefined();
      expect(await succeeds(['undo', '--agent', 'ann', '--since', '1h', '--yes'])).toContain('Undone: 1 row');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
