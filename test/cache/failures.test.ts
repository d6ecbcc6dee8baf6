import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { patienceMs } from '../../src/cache/cache.ts';
import type { RedisAddress } from '../../src/cache/client.ts';
import type { Call } from '../../src/service/call.ts';
import { getGoal } from '../../src/service/goals.ts';
import { generatePlan } from '../../src/service/plans.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { getTask } from '../../src/service/tasks.ts';
import { aGoal, someTasks } from '../support/builders.ts';
import { aCall } from '../support/database.ts';
import { findRedis } from '../support/redis.ts';
import { aCachedCall, type CachedCall, until, untilHit, untilInUse } from './support/cached-call.ts';
import { aRedisMachine, type RedisMachine } from './support/redis-machine.ts';

/** What a call may take longer for a cache that fails. */
const addedMs = 50;

describe.skipIf(findRedis() === undefined)('a cache that fails', () => {
  let database: pg.ClientConfig;
  let redis: RedisMachine;
  let goal: string;
  let tasks: string[];

  beforeAll(async () => {
    const { call, connection } = await aCall();
    database = connection;
    redis = await aRedisMachine();
    goal = await aGoal(call);
    tasks = await someTasks(call, goal, 5);
  });

  beforeEach(async () => {
    await redis.start();
    return () => redis.kill();
  });

  async function aClient(address: RedisAddress = redis.address): Promise<CachedCall> {
    const client = await aCachedCall(database, address);
    onTestFinished(() => client.cached.close());
    return client;
  }

  const read = async (call: Call) => [
    await getTask(call, tasks[0] as string),
    await getGoal(call, goal),
    await generatePlan(call, goal),
  ];

  /** Reads and writes give what they give without a cache; what most of them took at most, in milliseconds: the machine is busy. */
  async function worksAsWithout({ call, plain }: CachedCall, rounds = 3): Promise<number> {
    const times: number[] = [];
    const timed = async <T>(work: () => Promise<T>): Promise<T> => {
      const start = performance.now();
      const result = await work();
      times.push(performance.now() - start);
      return result;
    };
    for (let round = 0; round < rounds; round += 1) {
      const result = Math.random();
      const change = { taskId: tasks[round % tasks.length] as string, status: 'in_progress' as const, result };
      expect((await timed(() => setTaskStatus(call, change))).task.result).toBe(result);
      for (const kind of [getTaskOf, getGoalOf, getPlanOf]) {
        expect(await timed<unknown>(() => kind(call))).toEqual(await kind(plain));
      }
    }
    return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.75)] as number;
  }

  const getTaskOf = (call: Call) => getTask(call, tasks[0] as string);
  const getGoalOf = (call: Call) => getGoal(call, goal);
  const getPlanOf = (call: Call) => generatePlan(call, goal);

  it('is waited for less long than a call may take longer', () => {
    expect(patienceMs).toBeLessThan(addedMs);
  });

  it('absent: answers are the same, one line says that it is gone, and one that it came', async () => {
    await redis.kill();
    const client = await aClient();
    expect(await worksAsWithout(client)).toBeLessThan(addedMs);
    await until(() => client.lines.length > 0);
    expect(client.cached.status()).toMatchObject({ enabled: false, state: 'unreachable', hits: 0 });
    await redis.start();
    await untilInUse(client);
    expect(client.lines).toEqual([expect.stringMatching(/^gone: .*ECONNREFUSED/), 'back']);
    expect(client.cached.status()).toMatchObject({ enabled: true, state: 'ready' });
  });

  it('frozen: the first call waits a moment, the others not at all, and what was written meanwhile is read after', async () => {
    const [writer, reader] = [await aClient(), await aClient()];
    await untilInUse(writer);
    await untilInUse(reader);
    const last = tasks.at(-1) as string;
    await untilHit(reader, () => read(reader.call));
    await untilHit(reader, () => getTask(reader.call, last));
    redis.freeze();
    expect(await worksAsWithout(writer)).toBeLessThan(addedMs);
    expect(await worksAsWithout(writer, 10)).toBeLessThan(addedMs);
    await until(() => writer.lines.length > 0);
    const late = await setTaskStatus(writer.call, {
      taskId: tasks[0] as string,
      status: 'in_progress',
      result: 'late',
    });
    redis.thaw();
    expect(await getTaskOf(reader.call)).toEqual(late.task);
    await untilInUse(writer);
    expect(writer.lines).toEqual([expect.stringMatching(/^gone: no answer within/), 'back']);
    await untilHit(writer, () => read(writer.call));
  });

  it('frozen for a moment that a reader does not notice: it reads what was written in it', async () => {
    const [writer, reader] = [await aClient(), await aClient()];
    const [first, second] = tasks as [string, string];
    const write = (taskId: string, result: number) =>
      setTaskStatus(writer.call, { taskId, status: 'in_progress', result });
    for (let round = 0; round < 5; round += 1) {
      await untilInUse(writer);
      await untilHit(reader, () => getTask(reader.call, first));
      await untilHit(reader, () => getTask(reader.call, second));
      redis.freeze();
      await write(first, round); // waits for Redis, and gives up
      await write(second, round); // does not wait
      redis.thaw();
      expect((await getTask(reader.call, second)).result).toBe(round);
      expect((await getTask(reader.call, first)).result).toBe(round);
    }
  });

  it('killed: answers are the same, and after a restart it is in use again', async () => {
    const client = await aClient();
    await untilInUse(client);
    await untilHit(client, () => read(client.call));
    await redis.kill();
    expect(await worksAsWithout(client)).toBeLessThan(addedMs);
    await until(() => client.lines.length > 0);
    await redis.start();
    await untilInUse(client);
    await until(() => client.lines.length > 1);
    expect(client.lines).toEqual([expect.stringMatching(/^gone: /), 'back']);
    expect(client.cached.status().errors).toBeGreaterThan(0);
  });

  it('killed, and back with what it had saved: what was written since is read, by new processes too', async () => {
    const clients = [await aClient(), await aClient()];
    for (const client of clients) await untilInUse(client);
    await untilHit(clients[0] as CachedCall, () => getTaskOf(clients[0]?.call as Call));
    await redis.command('SAVE');
    const { task } = await setTaskStatus(clients[0]?.call as Call, {
      taskId: tasks[0] as string,
      status: 'in_progress',
      result: 'after it was saved',
    });
    // by now everybody has met the operation in the history, and looks no further
    await sleep(1_000);
    await redis.kill();
    await redis.start();
    expect(await redis.command('KEYS', `goal_agent_cache:*:task:${task.id}`)).toHaveLength(1);
    for (const client of clients) await untilInUse(client);
    for (const client of clients) expect(await getTaskOf(client.call)).toEqual(task);
    const young = await aClient();
    await untilInUse(young);
    expect(await getTaskOf(young.call)).toEqual(task);
  });

  it('out of memory: nobody believes what it holds, until it has room again', async () => {
    const [client, other] = [await aClient(), await aClient()];
    await untilInUse(client);
    await untilInUse(other);
    await untilHit(other, () => read(other.call));
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '1');
    expect(await worksAsWithout(client)).toBeLessThan(addedMs);
    expect(await read(other.call)).toEqual(await read(other.plain));
    await until(() => client.lines.length > 0);
    expect(client.lines).toEqual([expect.stringMatching(/^gone: OOM/)]);
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await untilInUse(client);
    await until(() => client.lines.length > 1);
    expect(client.lines).toHaveLength(2);
  });

  it('asking for a password: not used without the right one, and used with it', async () => {
    await redis.kill();
    await redis.start({ requirepass: 'open sesame' });
    const [none, wrong] = [await aClient(), await aClient({ ...redis.address, password: 'wrong' })];
    for (const client of [none, wrong]) {
      expect(await worksAsWithout(client)).toBeLessThan(addedMs);
      await until(() => client.lines.length > 0);
      expect(client.lines).toEqual([expect.stringMatching(/^gone: (NOAUTH|WRONGPASS)/)]);
      expect(client.lines.join()).not.toMatch(/sesame|wrong$/);
    }
    await untilInUse(await aClient({ ...redis.address, password: 'open sesame' }));
  });

  it('full of keys of other types under its names: they are replaced', async () => {
    const client = await aClient();
    await untilInUse(client);
    await untilHit(client, () => getGoalOf(client.call));
    const ours = (await redis.command('KEYS', 'goal_agent_cache:*')) as string[];
    for (const key of ours) {
      await redis.command('DEL', key);
      await redis.command('RPUSH', key, 'not', 'ours');
    }
    await worksAsWithout(client);
    await untilHit(client, () => getGoalOf(client.call));
    expect(client.lines).toEqual([]);
  });

  it("full of somebody else's keys, and evicting ours: answers are the same", async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-random', 'maxmemory', '3mb');
    const script = "for i = 1, 20000 do redis.call('set', 'theirs:' .. i, string.rep('x', 100)) end";
    await redis.command('EVAL', script, '0');
    const client = await aClient();
    await untilInUse(client);
    for (let round = 0; round < 10; round += 1) {
      await redis.command('EVAL', script, '0');
      await worksAsWithout(client, 1);
    }
    expect(client.lines).toEqual([]);
  });

  it('silent: a port that takes connections and never answers is not waited for', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const client = await aClient({ ...redis.address, port: (silent.address() as { port: number }).port });
    expect(await worksAsWithout(client)).toBeLessThan(addedMs);
    await until(() => client.lines.length > 0);
    expect(client.cached.status().enabled).toBe(false);
  });
});
