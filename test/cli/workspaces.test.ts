import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { PoolCall } from '../../src/service/call.ts';
import { advanceReady, claimTasks } from '../../src/service/claims.ts';
import { addNote } from '../../src/service/notes.ts';
import { saveTemplate } from '../../src/service/templates/templates.ts';
import { createToken } from '../../src/service/tokens.ts';
import { run } from '../legacy/support/program.ts';
import { aGoal, someTasks } from '../support/builders.ts';
import { program } from '../support/bundle.ts';
import { aCall, aStore } from '../support/database.ts';
import { environmentOf } from '../support/server-process.ts';

const { call, sql, connection } = await aCall();
const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-workspaces-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const workspace = (...args: string[]) => run(['workspace', ...args], connection, { cwd: folder });

let names = 0;
let name: string;
let team: PoolCall;

/** A workspace with a row in every table, beside that of `call`. */
beforeEach(async () => {
  names += 1;
  name = `team_${names}`;
  team = { store: await aStore(connection, { workspace: name, poolSize: 1, maxOverflow: 1 }), actor: 'ann' };
  for (const each of [call, team]) {
    const goal = await aGoal(each, 'a goal', ['api']);
    await someTasks(each, goal, 2);
    await addNote(each, { goalId: goal }, 'a note');
    await claimTasks(each, { limit: 1, leaseSeconds: 900 });
    await advanceReady(each);
  }
  await saveTemplate(team, 'release', { description: 'Release', tasks: [{ description: 'Tag it' }] });
  await createToken(team, { name: 'ci', role: 'reader' });
  await sql.query(
    `insert into history_archives (workspace_id, last_operation, last_seq, mark, operations, events, last_at, file, archived_by)
     values ($1, 0, 0, '', 0, 0, now(), 'history.gz', 'ann')`,
    [team.store.workspaceId],
  );
  await sql.query(
    `insert into webhooks (workspace_id, id, url, secret, types, created_by, position)
     values ($1, 'wh_0123456789ab', 'https://example.com', 'x', '{}', 'ann', '0')`,
    [team.store.workspaceId],
  );
});

/** How many rows each table has of a workspace. */
async function rowsOf(workspaceId: number): Promise<Record<string, number>> {
  const { rows: tables } = await sql.query(
    `select table_name from information_schema.columns where table_schema = 'public' and column_name = 'workspace_id' order by 1`,
  );
  const counts: Record<string, number> = {};
  for (const { table_name } of tables) {
    const { rows } = await sql.query(`select count(*)::int4 as count from ${table_name} where workspace_id = $1`, [
      workspaceId,
    ]);
    counts[table_name] = rows[0].count;
  }
  return counts;
}

describe('goal-agent workspace', () => {
  it('makes, lists and renames workspaces', async () => {
    const made = `new_${names}`;
    expect(await workspace('create', made)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining(made),
    });
    const again = await workspace('create', made);
    expect(again).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`There is a workspace ${made} already`),
    });
    const listed = JSON.parse((await workspace('list', '--json')).stdout) as { name: string }[];
    expect(listed.find((each) => each.name === name)).toEqual({
      name,
      ...{ goals: 1, tasks: 2, open_tasks: 2, templates: 1, tokens: 1 },
      created_at: expect.any(String),
    });
    expect((await workspace('list')).stdout).toMatch(
      new RegExp(`^NAME +GOALS  TASKS  OPEN  TEMPLATES  TOKENS  MADE\\n[^]*^${name} +1 +2 +2 +1 +1  \\d{4}-`, 'm'),
    );
    const { code, stdout } = await workspace('rename', made, `${made}.x`);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining(`Set GOAL_AGENT_WORKSPACE=${made}.x where it said ${made}`),
    ]);
    expect((await workspace('rename', `${made}.x`, name)).stderr).toContain(`There is a workspace ${name} already`);
    expect((await workspace('rename', made, 'other')).stderr).toContain(`There is no workspace ${made}`);
    expect((await workspace('create', 'a b')).stderr).toContain('"a b" is no name of a workspace; allowed: 1 to 64');
  });

  it('deletes one with all that is in it, after it was exported', async () => {
    const before = await rowsOf(call.store.workspaceId);
    expect(Object.entries(await rowsOf(team.store.workspaceId)).filter(([, count]) => count === 0)).toEqual([
      ['goal_labels', 0],
      ['imports', 0],
      ['resources', 0],
      ['task_dependencies', 0],
      ['task_labels', 0],
    ]);
    const file = path.join(folder, `${name}.json`);
    const { code, stdout, stderr } = await workspace('delete', name, '--confirm', name, '--export', file);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      [
        `${name} holds 1 goal, 2 tasks (2 open), 1 template and 1 token. All of it but tokens and webhooks goes to ${file} first.`,
        `Deleted ${name}. ${file} has 1 goal, 2 tasks, 1 note and 7 events.`,
        `To have it back: GOAL_AGENT_WORKSPACE=${name} goal-agent import json ${file}`,
        '',
      ].join('\n'),
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const left = await rowsOf(team.store.workspaceId);
    expect(Object.entries(left).filter(([, count]) => count > 0)).toEqual([]);
    expect(await rowsOf(call.store.workspaceId)).toEqual(before);
    const back = await run(['import', 'json', file], connection, { env: { GOAL_AGENT_WORKSPACE: name } });
    expect(back).toMatchObject({ code: 0, stdout: 'Restored 1 goal, 2 tasks, 1 note and 7 events.\n' });
  });

  it('names the file itself where nobody does, and speaks JSON', async () => {
    const { code, stdout } = await workspace('delete', name, '--confirm', name, '--json');
    const report = JSON.parse(stdout);
    expect([code, report.deleted]).toEqual([0, expect.objectContaining({ name, goals: 1 })]);
    expect(path.basename(report.file)).toMatch(
      new RegExp(`^${name}-\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\dZ\\.json$`),
    );
    expect(JSON.parse(readFileSync(report.file, 'utf8')).goals).toHaveLength(1);
  });

  it.each([
    ['without a terminal or its name', [], `To delete it without being asked, add --confirm `],
    ['with another name', ['--confirm', 'default'], 'That is not '],
    ['with JSON and no name', ['--json'], 'To delete it without being asked, add --confirm '],
  ])('deletes nothing %s', async (_, args, message) => {
    const before = await rowsOf(team.store.workspaceId);
    const { code, stderr } = await workspace('delete', name, ...args, '--export', `${name}.none`);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`Nothing was exported or deleted. ${message}`)]);
    expect(existsSync(path.join(folder, `${name}.none`))).toBe(false);
    expect(await rowsOf(team.store.workspaceId)).toEqual(before);
  });

  it.each([
    ['is there already', 'there.json', 'exists already and was not touched'],
    ['cannot be made', 'no/where.json', 'cannot be written (ENOENT)'],
  ])('deletes nothing where the file %s', async (_, file, message) => {
    writeFileSync(path.join(folder, 'there.json'), 'precious');
    const before = await rowsOf(team.store.workspaceId);
    const { code, stderr } = await workspace('delete', name, '--confirm', name, '--export', file);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(readFileSync(path.join(folder, 'there.json'), 'utf8')).toBe('precious');
    expect(await rowsOf(team.store.workspaceId)).toEqual(before);
  });

  it('deletes nothing, and leaves no file, where the database refuses the last of it', async () => {
    await sql.query(`create table others (workspace_id bigint references workspaces (id))`);
    await sql.query(`insert into others select id from workspaces where name = $1`, [name]);
    const before = await rowsOf(team.store.workspaceId);
    const files = readdirSync(folder);
    const { code } = await workspace('delete', name, '--confirm', name);
    expect(code).toBe(1);
    expect(await rowsOf(team.store.workspaceId)).toEqual(before);
    expect(readdirSync(folder)).toEqual(files);
    await sql.query('drop table others');
  });

  it('says that there is none', async () => {
    for (const args of [
      ['delete', 'nowhere', '--confirm', 'nowhere'],
      ['rename', 'nowhere', 'somewhere'],
    ]) {
      expect(await workspace(...args)).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('There is no workspace nowhere'),
      });
    }
  });

  it.skipIf(spawnSync('script', ['--version']).status !== 0)('asks for the name at a terminal', async () => {
    const ask = (answer: string) => {
      const command = `'${process.execPath}' '${program}' workspace delete ${name} --export ${folder}/${name}.asked`;
      const env = { PATH: process.env.PATH ?? '', GOAL_AGENT_HOME: '/nonexistent', ...environmentOf(connection) };
      const options = { input: `${answer}\n`, env, encoding: 'utf8' } as const;
      const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], options);
      return stdout;
    };
    expect(ask('y')).toContain(`That is not ${name}.`);
    expect((await rowsOf(team.store.workspaceId)).goals).toBe(1);
    const out = ask(name);
    expect(out).toContain(`Type ${name} to delete it:`);
    expect(out).toContain(`Deleted ${name}.`);
    expect((await rowsOf(team.store.workspaceId)).goals).toBe(0);
  });
});
