import { execFileSync, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { GoalAgentError } from '../../src/domain/errors.ts';
import { LogFile } from '../../src/main/log/log-file.ts';
import { Repeats } from '../../src/main/log/repeats.ts';
import { openLog } from '../../src/main/log.ts';
import { program } from '../support/bundle.ts';
import { aDatabase } from '../support/database.ts';
import { environmentOf } from '../support/server-process.ts';

function aFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ga-log-'));
  // initdb goes on for a moment when the process that wanted it has ended, and makes files while they are removed
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 40, retryDelay: 100 }));
  return directory;
}

const linesOf = (home: string): Record<string, unknown>[] =>
  readFileSync(join(home, 'logs', 'goal_agent_server.log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('the log', () => {
  test('has a repeated line once, and how often it came', () => {
    const home = aFolder();
    const log = openLog(home);
    for (let n = 0; n < 20_000; n++) log.warn({ err: new Error('no JSON') }, 'protocol error');
    log.warn({ err: new Error('another') }, 'protocol error');
    expect(linesOf(home)).toHaveLength(2);
    process.emit('exit', 0);
    expect(linesOf(home)[2]).toMatchObject({ msg: '19999 times more: protocol error' });
    expect(statSync(join(home, 'logs', 'goal_agent_server.log')).size).toBeLessThan(10_000);
  });

  test('has no stack where the error says what it is, and has one for a defect', () => {
    const home = aFolder();
    const log = openLog(home);
    const lost = Object.assign(new Error('connection ended'), { code: '57P01' });
    log.warn({ err: new GoalAgentError('unavailable', 'The database is gone.', { cause: lost }) }, 'no database');
    log.warn({ err: lost }, 'a connection was lost');
    log.error({ err: new TypeError('x is undefined') }, 'a defect');
    const [gone, ended, defect] = linesOf(home);
    expect(gone?.err).toEqual({ code: 'unavailable', message: 'The database is gone.', cause: 'connection ended' });
    expect(ended?.err).toEqual({ code: '57P01', message: 'connection ended' });
    expect(defect?.err).toMatchObject({ stack: expect.stringContaining('log.test.ts') });
  });

  test('goes to stderr alone where its folder is a file, and says so', () => {
    const home = aFolder();
    writeFileSync(join(home, 'logs'), '');
    openLog(home).info('goes on');
    expect(readdirSync(home)).toEqual(['logs']);
  });
});

describe('a log file', () => {
  test('is put aside when it is full, whichever of its processes finds it so', () => {
    const path = join(aFolder(), 'log');
    const [a, b] = [new LogFile(path, 1_000), new LogFile(path, 1_000)];
    for (let n = 0; n < 200; n++) for (const each of [a, b]) each.write(`${n} ${'x'.repeat(40)}\n`);
    expect(statSync(path).size).toBeLessThan(1_100);
    expect(statSync(`${path}.1`).size).toBeLessThan(1_100);
    expect(readFileSync(path, 'utf8').trim().split('\n').at(-1)).toMatch(/^199 x{40}$/);
  });

  test('that was moved away or deleted is begun anew, and its folder is not', () => {
    const path = join(aFolder(), 'logs', 'log');
    const file = new LogFile(path);
    file.write('one\n');
    renameSync(path, `${path}.old`);
    file.write('two\n');
    rmSync(path);
    file.write('three\n');
    expect(readFileSync(path, 'utf8')).toBe('three\n');
    rmSync(join(path, '..'), { recursive: true });
    const told: string[] = [];
    file.onTrouble = (error) => told.push(error.message);
    file.write('four\n');
    file.write('five\n');
    expect(told).toEqual([expect.stringContaining('ENOENT')]);
    mkdirSync(join(path, '..'));
    file.write('six\n');
    expect(readFileSync(path, 'utf8')).toBe('six\n');
  });
});

test('of a flood of different lines a thousand are admitted, and the rest is counted', () => {
  const repeats = new Repeats();
  const told: number[] = [];
  const admitted = Array.from({ length: 5_000 }, (_, n) => repeats.admit(`line ${n}`, (times) => told.push(times)));
  expect(admitted.filter(Boolean)).toHaveLength(1_000);
  repeats.flush();
  expect(told).toEqual([4_000]);
});

describe.runIf(process.platform === 'linux')('a process whose log cannot be written', () => {
  test('works on with a full disk behind stderr and the log file', async () => {
    const [home, database] = [aFolder(), await aDatabase()];
    mkdirSync(join(home, 'logs'));
    execFileSync('ln', ['-s', '/dev/full', join(home, 'logs', 'goal_agent_server.log')]);
    const child = spawn('sh', ['-c', `exec "${process.execPath}" "${program}" mcp 2>/dev/full`], {
      cwd: home,
      env: {
        ...process.env,
        ...environmentOf(database),
        GOAL_AGENT_HOME: home,
        CACHE_ENABLED: 'true',
        REDIS_PORT: '1',
      },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let out = '';
    child.stdout.on('data', (bytes) => {
      out += bytes;
    });
    const ended = new Promise((done) => child.once('exit', done));
    const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    const clientInfo = { name: 'raw', version: '1' };
    send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } });
    child.stdin.write('{"jsonrpc":"1.0"}\n[]\n');
    // the Redis that is not there is told of after two seconds
    await new Promise((done) => setTimeout(done, 3_000));
    send({ id: 2, method: 'tools/call', params: { name: 'create_goal', arguments: { description: 'kept' } } });
    child.stdin.end();
    expect(await ended).toBe(0);
    expect(out).toContain('GOAL-0001');
  });
});

describe.runIf(process.platform !== 'win32')('an ordinary stop', () => {
  test.each([
    ['by its client while the first database is being created', undefined],
    ['by an interrupt of it and all its children', 'SIGINT' as const],
  ])('%s leaves no error and no stack in the log', async (_how, signal) => {
    const home = aFolder();
    const env = { PATH: process.env.PATH ?? '', GOAL_AGENT_HOME: home };
    const child = spawn(process.execPath, [program, 'mcp'], { cwd: home, env, detached: true });
    let said = '';
    child.stderr.on('data', (bytes) => {
      said += bytes;
    });
    const ended = new Promise((done) => child.once('close', done));
    while (!said.includes('Creating the database')) await new Promise((done) => setTimeout(done, 5));
    if (signal) process.kill(-(child.pid ?? 0), signal);
    else child.stdin.end();
    await ended;
    expect(said).not.toMatch(/ERROR|WARN|\n\s+at /);
    expect(linesOf(home)).toHaveLength(2); // the settings, and what takes so long
  });
});
