import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { isRoot } from '../../src/store/embedded/account.ts';
import { program } from '../support/bundle.ts';
import { aServerForTest, type ServerProcess } from '../support/server-process.ts';

const gone = /was deleted, moved or replaced while Goal Agent used it\. Nothing can be saved/;

/** A server process on its embedded database, which has a goal already. */
async function aServerAtHome(
  folder = mkdtempSync(join(tmpdir(), 'ga-home-')),
): Promise<{ server: ServerProcess; home: string; data: string; postgres: number }> {
  const home = join(folder, 'home');
  const data = join(home, 'postgres', '18', 'data');
  let postgres = 0;
  onTestFinished(() => {
    try {
      process.kill(postgres, 'SIGKILL');
    } catch {} // ended with its last client
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
  });
  const unset = { POSTGRES_HOST: '', POSTGRES_PORT: '', POSTGRES_USER: '', POSTGRES_DB: '' };
  const server = await aServerForTest({ database: {}, env: { ...unset, GOAL_AGENT_HOME: home } });
  expect((await server.call('create_goal', { description: 'kept' })).answer).toMatchObject({ id: 'GOAL-0001' });
  postgres = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  return { server, home, data, postgres };
}

test('a home that is deleted under a running server is told of, nothing is acknowledged, and no empty store appears', async () => {
  const { server, home, postgres } = await aServerAtHome();
  rmSync(home, { recursive: true, force: true });
  for (let n = 0; n < 3; n++) {
    expect((await server.call('create_goal', { description: `lost ${n}` })).error).toMatch(gone);
    expect((await server.call('list_goals')).error).toMatch(gone);
  }
  process.kill(postgres, 'SIGKILL');
  await new Promise((done) => setTimeout(done, 500));
  expect((await server.call('create_goal', { description: 'lost again' })).error).toMatch(gone);
  expect((await server.call('get_briefing')).error).toMatch(gone);
  expect(existsSync(home)).toBe(false);
  expect(server.stderr().match(new RegExp(gone, 'g'))).toHaveLength(1);
});

test('a home that is moved away is told of, and used again when it is back', async () => {
  const { server, home } = await aServerAtHome();
  renameSync(home, `${home}.away`);
  expect((await server.call('create_goal', { description: 'refused' })).error).toMatch(gone);
  renameSync(`${home}.away`, home);
  expect((await server.call('list_goals')).answer).toMatchObject({ total: 1 });
});

test('a data directory that is emptied, or replaced by a copy, is told of', async () => {
  const { server, data, postgres } = await aServerAtHome();
  renameSync(join(data, 'pg_wal'), join(data, 'old_wal'));
  expect((await server.call('create_goal', { description: 'refused' })).error).toMatch(gone);
  renameSync(join(data, 'old_wal'), join(data, 'pg_wal'));
  process.kill(postgres, 'SIGKILL');
  renameSync(data, `${data}.original`);
  execFileSync('cp', ['-a', `${data}.original`, data]);
  expect((await server.call('create_goal', { description: 'refused' })).error).toMatch(gone);
});

const small = process.platform === 'linux' && isRoot ? aSmallDisk() : undefined;

/** Undefined where this machine lets nobody mount. */
function aSmallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'ga-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=120m,mode=0700', 'tmpfs', folder]);
  if (status === 0) return folder;
  rmSync(folder, { recursive: true });
  return undefined;
}

// also where the test was not chosen to run
afterAll(() => {
  if (small === undefined) return;
  execFileSync('umount', ['-l', small]);
  rmSync(small, { recursive: true, force: true });
});

test.runIf(small)(
  'a full disk is told of, ends no process, and work goes on once there is room',
  async () => {
    const folder = String(small);
    const { server } = await aServerAtHome(folder);
    const fill = () => execFileSync('sh', ['-c', `cat /dev/zero >> ${folder}/filler 2>/dev/null || true`]);
    fill();
    const answers: (string | undefined)[] = [];
    const text = 'x'.repeat(9_000);
    // until the write-ahead log wants another file, a change finds room in the one that is there
    for (let n = 0; n < 400 && answers.filter(Boolean).length < 4; n++) {
      const subtasks = Array.from({ length: 40 }, (_, task) => ({ description: `${n} ${task} ${text}` }));
      answers.push((await server.call('break_down_goal', { goal_id: 'GOAL-0001', subtasks })).error);
      fill();
    }
    const refusals = answers.filter(Boolean);
    expect(refusals.length).toBeGreaterThan(0);
    expect(refusals.at(-1)).toMatch(/disk/);
    expect(refusals.join()).not.toContain('went wrong inside');
    rmSync(join(folder, 'filler'));
    await expect
      .poll(async () => (await server.call('create_goal', { description: 'after' })).error, { timeout: 20_000 })
      .toBeUndefined();
    const found = (await server.call('get_goal', { goal_id: 'GOAL-0001' })).answer;
    expect(found.total_tasks).toBeGreaterThanOrEqual(answers.filter((error) => error === undefined).length * 40);
  },
  120_000,
);

/** What a server process on this home answers to a first call, and what it writes to stderr. */
async function answerAt(home: string, cwd = tmpdir()): Promise<{ answer: string; stderr: string; ms: number }> {
  const clientInfo = { name: 'raw', version: '1' };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
  const call = { name: 'create_goal', arguments: { description: 'x' } };
  const lines = [
    { id: 1, method: 'initialize', params },
    { id: 2, method: 'tools/call', params: call },
  ].map((line) => `${JSON.stringify({ jsonrpc: '2.0', ...line })}\n`);
  const began = performance.now();
  const child = spawn(
    'sh',
    ['-c', `cd "${cwd}" && { rmdir "${cwd}" 2>/dev/null; exec "${process.execPath}" "${program}" mcp; }`],
    {
      env: { PATH: process.env.PATH ?? '', GOAL_AGENT_HOME: home },
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let [answer, stderr] = ['', ''];
  child.stdout.on('data', (bytes) => {
    answer += bytes;
  });
  child.stderr.on('data', (bytes) => {
    stderr += bytes;
  });
  child.stdin.end(lines.join(''));
  await once(child, 'close');
  return {
    answer: answer.split('\n').find((line) => line.includes('"id":2')) ?? answer,
    stderr,
    ms: performance.now() - began,
  };
}

/** A folder for one test. */
function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ga-where-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const homes: Record<string, [(folder: string) => string, RegExp]> = {
  'is a file': [(folder) => aFileAt(join(folder, 'file')), /meets a file at .*file\. Move that file away/],
  'is below a file': [(folder) => join(aFileAt(join(folder, 'file')), 'a', 'b'), /meets a file at .*file/],
  'is a link that leads nowhere': [(folder) => aLinkAt(join(folder, 'link')), /meets a file at .*link/],
  'has a parent that cannot be made': [() => '/proc/nowhere/home', /cannot make the folder \/proc\/nowhere/],
  'is relative to a working directory that is gone': [
    () => 'home',
    /cannot make the folder \/proc\/deleted-working-directory/,
  ],
};

test.each(Object.entries(homes))(
  'a home that %s is told of in one line, by each call and once in the log',
  async (_what, [make, reason]) => {
    const folder = aFolder();
    const cwd = join(folder, 'gone');
    mkdirSync(cwd);
    const { answer, stderr, ms } = await answerAt(make(folder), cwd);
    expect(answer).toMatch(reason);
    expect(ms).toBeLessThan(15_000);
    expect(stderr.split('\n').filter((line) => line.includes('ERROR') && !line.includes(' more: '))).toHaveLength(1);
    expect(stderr).not.toMatch(/\n\s+at |went wrong/);
  },
);

test('with an absolute home a server works in a working directory that is gone', async () => {
  const folder = aFolder();
  const cwd = join(folder, 'gone');
  mkdirSync(cwd);
  const { answer } = await answerAt(join(folder, 'home'), cwd);
  expect(answer).toContain('GOAL-0001');
  expect(existsSync(cwd)).toBe(false);
  expect(readdirSync(join(folder, 'home', 'postgres'))).toEqual(['18']);
});

test('a home that is open to others holds folders that are not', async () => {
  const home = join(aFolder(), 'home');
  mkdirSync(home, { mode: 0o755 });
  expect((await answerAt(home)).answer).toContain('GOAL-0001');
  for (const name of ['logs', 'postgres', 'run']) expect(statSync(join(home, name)).mode & 0o077).toBe(0);
});

test.runIf(small)('a home on a read-only file system is told as that', async () => {
  const folder = aFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', folder]);
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  for (const home of [folder, join(folder, 'new', 'home')]) {
    const { answer, stderr } = await answerAt(home);
    expect(answer).toMatch(/may not write in .*\(EROFS\)/);
    expect(stderr.match(/ERROR/g)?.length).toBeLessThanOrEqual(2);
  }
});

function aFileAt(path: string): string {
  writeFileSync(path, '');
  return path;
}

function aLinkAt(path: string): string {
  symlinkSync('nowhere', path);
  return path;
}
