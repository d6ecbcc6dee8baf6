import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tables } from '../../src/exchange/backup/format.ts';
import { keepBackups } from '../../src/exchange/backup/keep-backups.ts';
import { verifyBackup } from '../../src/exchange/backup/read-backup.ts';
import { restoreBackup } from '../../src/exchange/backup/restore-backup.ts';
import { writeBackup } from '../../src/exchange/backup/write-backup.ts';
import { claimTasks } from '../../src/service/claims.ts';
import { deleteGoal } from '../../src/service/delete-goal.ts';
import { addNote } from '../../src/service/notes.ts';
import { search } from '../../src/service/search.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { createToken } from '../../src/service/tokens.ts';
import { TokenVerifier } from '../../src/service/verify-token.ts';
import { wireTypes } from '../../src/store/wire-types.ts';
import { aGoal, aTask, someTasks } from '../support/builders.ts';
import { program } from '../support/bundle.ts';
import { contentsOf } from '../support/contents.ts';
import { aClient } from '../support/conversation.ts';
import { aDatabase, aStore } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { environmentOf } from '../support/server-process.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-backup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const source = await aDatabase();
const call = { store: await aStore(source), actor: 'tester' };
const other = { store: await aStore(source, { workspace: 'other' }), actor: 'tester' };
const sql = await aClient(source);
const file = path.join(folder, 'all.backup');
let secret = '';

/** Whatever can be stored is in it: claims, results with large numbers, notes, history, undone deletions, two tenants. */
beforeAll(async () => {
  for (const each of [call, other]) {
    const goal = await aGoal(each, `Goal of ${each.store.workspace}, "quoted", über, 登录`);
    const [first = '', second = ''] = await someTasks(each, goal, 30);
    await aTask(each, goal, [first]);
    await claimTasks(each, { taskIds: [second], limit: 1, leaseSeconds: 3_600 });
    await setTaskStatus(each, { taskId: first, status: 'completed', result: { big: '\0number 12345678901234567890' } });
    await addNote(each, { taskId: second }, 'a finding');
    await deleteGoal(each, await aGoal(each, 'gone'));
  }
  ({ secret } = await createToken(call, { name: 'ci', role: 'writer' }));
  await writeBackup(source, file, { program: '3.0.0' });
});

/** Every row of every table, in one order. */
async function everything(client: pg.Client): Promise<Record<string, string[]>> {
  const names = [
    'workspaces',
    ...tables.map(({ name }) => name),
    'goal_repos',
    'goal_words',
    'task_words',
    'note_words',
  ];
  const found = await Promise.all(
    names.map(async (name) => {
      const { rows } = await client.query(`select t::text as row from ${name} t order by 1`);
      return [name, rows.map(({ row }) => row as string)] as const;
    }),
  );
  return Object.fromEntries(found);
}

/** Each index and constraint, as it would be made again. */
const definitions = `
  select pg_get_indexdef(i.indexrelid) as made
  from pg_index i
  join pg_class c on c.oid = i.indrelid
  where c.relnamespace = current_schema()::regnamespace
  union all
  select c.relname || ' ' || k.conname || ' ' || pg_get_constraintdef(k.oid) || ' ' || k.convalidated
  from pg_constraint k
  join pg_class c on c.oid = k.conrelid
  where c.relnamespace = current_schema()::regnamespace
  order by 1`;

test('everything comes back as it was, into an empty database', async () => {
  const target = await aDatabase();
  await restoreBackup(target, file);
  const restored = await aClient({ ...target, types: wireTypes });
  expect(await everything(restored)).toEqual(await everything(sql));
  expect((await restored.query(definitions)).rows).toEqual((await sql.query(definitions)).rows);
  expect(await brokenInvariants(restored)).toEqual({});
  const there = { store: await aStore(target), actor: 'tester' };
  expect((await search(there, { query: 'quoted', limit: 5 })).found.length).toBeGreaterThan(0);
  expect((await new TokenVerifier(there.store.database).verify(secret)).principal?.name).toBe('ci');
  const next = await aGoal(there, 'goes on');
  const { rows } = await sql.query('select 1 from goals where id = $1 and workspace_id = $2', [
    next,
    call.store.workspaceId,
  ]);
  expect(rows).toEqual([]);
});

test('a database that holds something is not touched', async () => {
  const target = await aDatabase();
  const there = { store: await aStore(target), actor: 'tester' };
  await aGoal(there, 'mine');
  const client = await aClient(target);
  const before = await contentsOf(client);
  await expect(restoreBackup(target, file)).rejects.toThrow(/not empty: the workspace default/);
  expect(await contentsOf(client)).toEqual(before);
});

test('one workspace comes back beside others, under a new name, and without what is bound to its number', async () => {
  const target = await aDatabase();
  const there = { store: await aStore(target), actor: 'tester' };
  await aGoal(there, 'mine');
  const rows = await restoreBackup(target, file, { part: { workspace: 'other', as: 'copy' } });
  expect(rows).toMatchObject({ goals: 1, tasks: 31, notes: 1 });
  const copy = { store: await aStore(target, { workspace: 'copy' }), actor: 'tester' };
  expect((await search(copy, { query: 'quoted', limit: 5 })).found).toHaveLength(1);
  const client = await aClient({ ...target, types: wireTypes });
  expect(await brokenInvariants(client)).toEqual({});
  expect((await client.query('select 1 from tokens')).rows).toEqual([]);
  await expect(restoreBackup(target, file, { part: { workspace: 'other', as: 'copy' } })).rejects.toThrow(
    /is there already/,
  );
  await expect(restoreBackup(target, file, { part: { workspace: 'nope', as: 'x' } })).rejects.toThrow(
    /no workspace nope; it has/,
  );
});

test('a backup that is cut off anywhere is refused with the place, and leaves nothing', async () => {
  const target = await aDatabase();
  const client = await aClient(target);
  await aStore(target);
  const before = await contentsOf(client);
  const whole = readFileSync(file);
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const cut = path.join(folder, `cut-${tenth}`);
    writeFileSync(cut, whole.subarray(0, Math.floor((whole.length * tenth) / 10)));
    await expect(restoreBackup(target, cut), `${tenth}`).rejects.toThrow(/cut off|is no backup/);
  }
  expect(await contentsOf(client)).toEqual(before);
});

test.each([
  ['text', 'nothing of ours', /is no backup/],
  ['other gzip', gzipSync('{"a":1}\n'), /is no backup/],
  ['an empty file', '', /is no backup|cut off/],
])('%s is no backup', async (_what, content, message) => {
  const odd = path.join(folder, 'odd');
  writeFileSync(odd, content);
  await expect(verifyBackup(odd)).rejects.toThrow(message);
});

test('a changed, a longer and a newer backup are refused, each with its reason', async () => {
  const text = gunzipSync(readFileSync(file)).toString();
  const refusalOf = async (changed: string) => {
    const odd = path.join(folder, 'changed');
    writeFileSync(odd, gzipSync(changed));
    return verifyBackup(odd).then(
      () => 'accepted',
      (error: Error) => error.message,
    );
  };
  expect(await refusalOf(text.replace('gone', 'here'))).toContain('not what was written');
  expect(await refusalOf(`${text}{}\n`)).toContain('follows its end');
  expect(await refusalOf(text.replace('"version":1', '"version":9'))).toContain('newer version');
  expect(await refusalOf(text.split('\n').slice(0, -2).join('\n'))).toContain('cut off');
});

test('a file that is there is not touched, and nobody else may read a backup', async () => {
  await expect(writeBackup(source, file, { program: '3.0.0' })).rejects.toThrow(/exists already/);
  expect(statSync(file).mode & 0o077).toBe(0);
  await expect(writeBackup(source, '/nowhere/at/all', { program: '3.0.0' })).rejects.toThrow(/cannot be written/);
});

test('ctrl-C in the middle leaves no half of a file', async () => {
  const home = mkdtempSync(path.join(folder, 'home-'));
  const child = spawn(process.execPath, [program, 'backup', path.join(home, 'b')], {
    cwd: home,
    env: { PATH: process.env.PATH, ...environmentOf(source as Required<pg.ClientConfig>), GOAL_AGENT_HOME: home },
  });
  await expect
    .poll(() => readdirSync(home).filter((name) => name.startsWith('b')).length, { interval: 1, timeout: 30_000 })
    .toBeGreaterThan(0);
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  const left = readdirSync(home).filter((name) => name.startsWith('b'));
  // it may have been faster than the signal
  if (code === 0) expect(left).toEqual(['b']);
  else expect(left).toEqual([]);
});

test('ctrl-C while the database makes a backup wait ends it, and leaves nothing', async () => {
  const home = mkdtempSync(path.join(folder, 'home-'));
  // the backup is in its middle: it has begun its file, and waits for a table that somebody holds
  const holder = await aClient(source);
  await holder.query('begin; lock table events in access exclusive mode');
  const child = spawn(process.execPath, [program, 'backup', path.join(home, 'b')], {
    cwd: home,
    env: { PATH: process.env.PATH, ...environmentOf(source as Required<pg.ClientConfig>), GOAL_AGENT_HOME: home },
  });
  let stderr = '';
  child.stderr.on('data', (bytes) => (stderr += bytes));
  const exited = once(child, 'exit');
  const waits = `select count(*)::int as n from pg_stat_activity where application_name = 'goal-agent backup' and wait_event_type = 'Lock'`;
  await expect.poll(async () => (await sql.query(waits)).rows[0].n, { timeout: 30_000 }).toBe(1);
  child.kill('SIGINT');
  expect(await exited).toEqual([1, null]);
  expect(stderr).toMatch(/^.{0,9}The backup was stopped; no file was written\.\n$/);
  expect(readdirSync(home).filter((name) => name.startsWith('b'))).toEqual([]);
  await holder.query('rollback');
});

test('scheduled backups are made and verified, and the oldest go only after that', async () => {
  const directory = mkdtempSync(path.join(folder, 'kept-'));
  writeFileSync(path.join(directory, 'somebody-elses.backup'), '');
  const old = ['20200101T000000Z', '20200102T000000Z', '20200103T000000Z'].map((at) => `goal-agent-${at}.backup`);
  for (const name of old) writeFileSync(path.join(directory, name), '');
  const stopping = new AbortController();
  const [made, failures]: [string[], unknown[]] = [[], []];
  const keeping = (connect: () => Promise<pg.ClientConfig>) =>
    keepBackups({
      schedule: { directory, everyMs: 3_600_000, keep: 2 },
      program: '3.0.0',
      connect,
      signal: stopping.signal,
      made: (written) => made.push(written),
      failed: (error) => failures.push(error),
    });
  const away = keeping(() => Promise.reject(new Error('the database is away')));
  await expect.poll(() => failures.length).toBe(1);
  expect(readdirSync(directory)).toEqual(expect.arrayContaining(old));
  const kept = keeping(async () => source);
  await expect.poll(() => made.length, { timeout: 20_000 }).toBe(1);
  const left = readdirSync(directory).toSorted();
  expect(left).toHaveLength(3);
  expect(left).toEqual(expect.arrayContaining([old[2], path.basename(made[0] ?? ''), 'somebody-elses.backup']));
  await verifyBackup(made[0] ?? '');
  stopping.abort();
  await Promise.all([away, kept]);
  expect(made).toHaveLength(1);
});
