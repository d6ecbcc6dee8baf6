import type pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { aDatabase } from '../support/database.ts';
import { findRedis } from '../support/redis.ts';
import { aServerForTest } from '../support/server-process.ts';
import { until } from './support/cached-call.ts';
import { aRedisMachine, type RedisMachine } from './support/redis-machine.ts';

describe.skipIf(findRedis() === undefined)('the server with a cache', () => {
  let database: pg.ClientConfig;
  let redis: RedisMachine;

  beforeAll(async () => {
    database = await aDatabase();
    redis = await aRedisMachine();
  });

  it('tells the truth of it: in answers, in get_agent_status, and in one log line each way', async () => {
    await redis.start();
    const server = await aServerForTest({
      database,
      env: { GOAL_AGENT_REDIS_URL: `redis://127.0.0.1:${redis.address.port}` },
    });
    const cacheOf = async () => (await server.call('get_agent_status')).answer.cache as Record<string, unknown>;
    const enabledInAnswers = async () => {
      const { answer } = await server.call('create_goal', { description: 'a goal', full: true });
      return (answer._persistence as { cache_enabled: boolean }).cache_enabled;
    };
    expect(await enabledInAnswers(), 'the first write').toBe(true);
    await until(async () => {
      await server.call('get_goal', { goal_id: 'GOAL-0001' });
      return Number((await cacheOf()).hits) > 1;
    });
    expect(await cacheOf()).toMatchObject({ enabled: true, state: 'ready', errors: 0 });

    await redis.kill();
    await until(() => server.stderr().includes('the Redis cache cannot be used'));
    expect(await enabledInAnswers()).toBe(false);
    expect(await cacheOf()).toMatchObject({ enabled: false, state: 'unreachable' });

    await redis.start();
    await until(() => server.stderr().includes('the Redis cache is back'));
    expect(await enabledInAnswers()).toBe(true);
    expect(server.stderr().match(/the Redis cache/g)).toHaveLength(2);
  });

  it('is in the first status that is asked for', async () => {
    const server = await aServerForTest({
      database,
      env: { GOAL_AGENT_REDIS_URL: `redis://127.0.0.1:${redis.address.port}` },
    });
    expect((await server.call('get_agent_status')).answer.cache).toMatchObject({ enabled: true, state: 'ready' });
    await server.close();
  });

  it('a first write waits for no Redis that is not there', async () => {
    const server = await aServerForTest({ database, env: { GOAL_AGENT_REDIS_URL: 'redis://127.0.0.1:1' } });
    await server.call('list_goals');
    const began = performance.now();
    const { answer } = await server.call('create_goal', { description: 'a goal', full: true });
    expect(answer._persistence).toMatchObject({ cache_enabled: false });
    expect(performance.now() - began).toBeLessThan(900);
    await server.close();
  });

  it('starts, works and ends without its Redis', async () => {
    const server = await aServerForTest({ database, env: { GOAL_AGENT_REDIS_URL: 'redis://:secret@127.0.0.1:1' } });
    const { answer, error } = await server.call('create_goal', { description: 'a goal', full: true });
    expect(error).toBeUndefined();
    expect(answer._persistence).toMatchObject({ cache_enabled: false });
    await until(() => server.stderr().includes('the Redis cache cannot be used'));
    expect(server.stderr()).not.toContain('secret');
    await server.close();
  });
});
