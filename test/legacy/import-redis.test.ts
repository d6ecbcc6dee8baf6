import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from 'redis';
import { describe, expect, it } from 'vitest';
import { importRedis, type RedisImportOptions } from '../../src/legacy/redis/import-redis.ts';
import { exportV2 } from '../../src/legacy/v2/export-v2.ts';
import type { Call } from '../../src/service/call.ts';
import { afterFile } from '../support/after-file.ts';
import { aCall } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { aRedis, findRedis } from '../support/redis.ts';
import { run } from './support/program.ts';
import { aGoal, aTask } from './support/records.ts';

type Keys = Record<string, { ttl_seconds: number; value: string }>;
const fixture = JSON.parse(await readFile('test/fixtures/v2/redis.json', 'utf8')) as Keys;

const json = (value: unknown) => ({ ttl_seconds: 1000, value: JSON.stringify(value) });

/** What v2 leaves in Redis for one goal with two tasks, changed by `more`. */
function smallKeys(more: Record<string, unknown> = {}): Keys {
  const goals = { 'GOAL-0001': aGoal('GOAL-0001', ['TASK-0001', 'TASK-0002']) };
  const tasks = { 'TASK-0001': aTask('TASK-0001', 'GOAL-0001'), 'TASK-0002': aTask('TASK-0002', 'GOAL-0001') };
  const state = { goals, tasks, goal_counter: 4, task_counter: 7, timestamp: '2025-06-10T00:00:00.000000' };
  const all: Record<string, unknown> = { 'goal_agent:state:full': state, ...more };
  return Object.fromEntries(
    Object.entries(all)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, json(value)]),
  );
}

async function redisWith(keys: Keys, settings: Record<string, string> = {}) {
  const server = await aRedis(settings);
  const client = createClient({
    url: server.url,
    ...(settings.requirepass !== undefined && { password: settings.requirepass }),
  });
  await client.connect();
  for (const [key, { ttl_seconds, value }] of Object.entries(keys))
    await client.set(key, value, { expiration: { type: 'EX', value: ttl_seconds } });
  afterFile(() => client.destroy());
  return { ...server, client };
}

async function imported(call: Call, url: string, options: RedisImportOptions = {}) {
  const outcome = await importRedis(call, url, { timezone: 'UTC', ...options });
  if (outcome.kind === 'already') throw new Error('it was imported before');
  return { report: outcome.report, told: outcome.report.changes.map(({ kind, id }) => `${kind} ${id}`) };
}

describe.skipIf(findRedis() === undefined)('importing what v2 kept in Redis', () => {
  it('takes over the snapshot, and leaves every key and its time to live alone', async () => {
    const { call, sql } = await aCall();
    const { url, client } = await redisWith({ ...fixture, 'someone:else': json(1) });
    const { report } = await imported(call, url);
    expect(report).toMatchObject({
      source: 'v2 in Redis',
      imported: { goals: 8, tasks: 31, dependencies: 23 },
      changes: [],
    });
    expect(await brokenInvariants(sql)).toEqual({});
    expect(await client.dbSize()).toBe(41);
    expect(await client.ttl('goal_agent:task:TASK-0001')).toBeGreaterThan(600_000);
    const directory = await mkdtemp(path.join(tmpdir(), 'goal-agent-v2-'));
    afterFile(() => rm(directory, { recursive: true }));
    await exportV2(call, directory, { timezone: 'UTC' });
    const read = async (file: string) => JSON.parse(await readFile(file, 'utf8'));
    expect(await read(path.join(directory, 'tasks.json'))).toEqual(await read('test/fixtures/v2/tasks.json'));
    expect(await importRedis(call, url)).toMatchObject({ kind: 'already' });
  });

  it('uses the keys of single records when the snapshot is gone', async () => {
    const { call, sql } = await aCall();
    const { 'goal_agent:state:full': _expired, ...keys } = fixture;
    const { url } = await redisWith(keys);
    const { report } = await imported(call, url);
    expect(report.imported).toEqual({ goals: 8, tasks: 31, dependencies: 23 });
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('uses a key of its own where it is newer than the snapshot, and leaves out what was deleted before the snapshot', async () => {
    const { call, sql } = await aCall();
    const keys = smallKeys({
      'goal_agent:task:TASK-0001': aTask('TASK-0001', 'GOAL-0001', {
        description: 'newer',
        updated_at: '2025-06-11T00:00:00',
      }),
      'goal_agent:task:TASK-0002': aTask('TASK-0002', 'GOAL-0001', {
        description: 'older',
        updated_at: '2025-05-01T00:00:00',
      }),
      'goal_agent:task:TASK-0003': aTask('TASK-0003', 'GOAL-0001', { description: 'deleted' }),
      'goal_agent:task:TASK-0004': aTask('TASK-0004', 'GOAL-0001', { updated_at: '2025-06-12T00:00:00' }),
    });
    const { told } = await imported(call, (await redisWith(keys)).url);
    expect((await sql.query('select id, description from tasks order by id')).rows).toEqual([
      { id: 'TASK-0001', description: 'newer' },
      { id: 'TASK-0002', description: 'task TASK-0002' },
      { id: 'TASK-0004', description: 'task TASK-0004' },
    ]);
    expect(told).toEqual([
      'task_not_listed GOAL-0001',
      'sources_disagree TASK-0001',
      'sources_disagree TASK-0002',
      'deleted_in_snapshot TASK-0003',
    ]);
    expect((await sql.query(`select next from counters where kind in ('goal', 'task') order by kind`)).rows).toEqual([
      { next: '5' },
      { next: '8' },
    ]);
  });

  it('a task that was completed counts as newer, though v2 left its updated_at', async () => {
    const { call, sql } = await aCall();
    const done = aTask('TASK-0001', 'GOAL-0001', { status: 'completed', completed_at: '2025-06-11T00:00:00' });
    await imported(call, (await redisWith(smallKeys({ 'goal_agent:task:TASK-0001': done }))).url);
    expect((await sql.query(`select status from tasks where id = 'TASK-0001'`)).rows).toEqual([
      { status: 'completed' },
    ]);
  });

  it('brought together with the files, takes the newer version of each record, and says which', async () => {
    const { call, sql } = await aCall();
    const directory = await mkdtemp(path.join(tmpdir(), 'goal-agent-v2-'));
    afterFile(() => rm(directory, { recursive: true }));
    const tasks = {
      'TASK-0001': aTask('TASK-0001', 'GOAL-0001', { description: 'file', updated_at: '2025-07-01T00:00:00' }),
      'TASK-0002': aTask('TASK-0002', 'GOAL-0001', { description: 'file', updated_at: '2025-05-01T00:00:00' }),
    };
    await writeFile(
      path.join(directory, 'goals.json'),
      JSON.stringify({ 'GOAL-0001': aGoal('GOAL-0001', ['TASK-0001', 'TASK-0002']) }),
    );
    await writeFile(path.join(directory, 'tasks.json'), JSON.stringify(tasks));
    const { report } = await imported(call, (await redisWith(smallKeys())).url, { files: directory });
    const disagreements = report.changes.filter((change) => change.kind === 'sources_disagree');
    expect(disagreements.map(({ id, message }) => [id, message.split(' has ')[0]])).toEqual([
      ['TASK-0001', 'the files'],
      ['TASK-0002', 'Redis'],
    ]);
    expect((await sql.query('select description from tasks order by id')).rows).toEqual([
      { description: 'file' },
      { description: 'task TASK-0002' },
    ]);
  });

  it('walks a crowded server with SCAN only', async () => {
    const { call } = await aCall();
    const { url, client } = await redisWith(
      smallKeys({
        'goal_agent:task:TASK-0009': aTask('TASK-0009', 'GOAL-0001', { updated_at: '2025-07-01T00:00:00' }),
      }),
    );
    const other = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`other:${n}`, 'x']));
    await client.mSet(other);
    await client.configResetStat();
    const { report } = await imported(call, url);
    expect(report.imported.tasks).toBe(3);
    const stats = await client.info('commandstats');
    const commands = [...stats.matchAll(/cmdstat_([\w|]+)/g)].map((match) => match[1]);
    expect(commands).toContain('scan');
    expect(
      commands.filter(
        (command) =>
          !['scan', 'get', 'mget', 'hello', 'client|setinfo', 'info', 'config|resetstat'].includes(command ?? ''),
      ),
    ).toEqual([]);
  });

  it('says what is wrong: no keys, a wrong shape, no server, a password', async () => {
    const { call, sql } = await aCall();
    await expect(importRedis(call, (await redisWith({})).url)).rejects.toThrow('This Redis database has no keys of v2');
    const broken = await redisWith({
      'goal_agent:state:full': { ttl_seconds: 100, value: '{"goals": {\n"GOAL-0001": 5}' },
    });
    await expect(importRedis(call, broken.url)).rejects.toThrow(
      'Redis key goal_agent:state:full, line 2, column 16: the text ends in the middle',
    );
    await expect(importRedis(call, 'redis://127.0.0.1:1')).rejects.toThrow('Redis cannot be read (ECONNREFUSED)');
    await expect(importRedis(call, 'nonsense')).rejects.toThrow('Redis cannot be read');
    const secret = await redisWith({}, { requirepass: 'secret' });
    await expect(importRedis(call, secret.url)).rejects.toThrow('Redis cannot be read (NOAUTH)');
    expect((await sql.query('select count(*)::int from goals')).rows).toEqual([{ count: 0 }]);
  });

  it('is a command', async () => {
    const { connection } = await aCall();
    const { url } = await redisWith(fixture);
    const { code, stdout } = await run(['import', 'v2-redis', '--url', url, '--timezone', 'UTC'], connection);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('v2 in Redis: found 8 goals, 31 tasks, 23 dependencies; imported 8 goals'),
    ]);
  });
});
