import type pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Call } from '../../src/service/call.ts';
import { getGoal } from '../../src/service/goals.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { getTask } from '../../src/service/tasks.ts';
import { aGoal, aTask } from '../support/builders.ts';
import { aDatabase, aStore } from '../support/database.ts';
import { findRedis } from '../support/redis.ts';
import { aCachedCall, type CachedCall, until, untilHit, untilInUse } from './support/cached-call.ts';
import { aRedisMachine } from './support/redis-machine.ts';
import { aWayTo, type Way } from './support/way.ts';

describe.skipIf(findRedis() === undefined)('a write whose process alone cannot reach Redis', () => {
  let database: pg.ClientConfig;
  let way: Way;
  let writer: CachedCall;
  let reader: CachedCall;
  let goal: string;
  let task: string;

  beforeAll(async () => {
    database = await aDatabase();
    const redis = await aRedisMachine();
    await redis.start();
    way = await aWayTo(redis.address.port);
    writer = await aCachedCall(database, { ...redis.address, port: way.port });
    reader = await aCachedCall(database, redis.address);
    await untilInUse(writer);
    await untilInUse(reader);
    goal = await aGoal(reader.call);
    task = await aTask(reader.call, goal);
  });

  const kept = () => untilHit(reader, async () => [await getGoal(reader.call, goal), await getTask(reader.call, task)]);

  /** Milliseconds until the reader gets this result, which somebody has just written. */
  async function untilRead(result: string): Promise<number> {
    const start = performance.now();
    await until(async () => (await getTask(reader.call, task)).result === result, 3);
    await until(async () => (await getGoal(reader.call, goal)).tasks[0]?.result === result, 3);
    return performance.now() - start;
  }

  const write = (call: Call, result: string) => setTaskStatus(call, { taskId: task, status: 'in_progress', result });

  it('is read by others within a second', async () => {
    await kept();
    way.cut();
    await write(writer.call, 'alone');
    expect(await untilRead('alone')).toBeLessThan(1_000);
    await kept();
    await write(writer.call, 'still alone');
    expect(await untilRead('still alone')).toBeLessThan(1_000);
  });

  it('is read by its own process at once, also when Redis is back', async () => {
    await write(writer.call, 'before it is back');
    expect((await getTask(writer.call, task)).result).toBe('before it is back');
    way.mend();
    await until(async () => {
      expect((await getTask(writer.call, task)).result).toBe('before it is back');
      return writer.cached.status().enabled;
    });
    await untilInUse(writer);
    expect((await getTask(writer.call, task)).result).toBe('before it is back');
  });

  it('is read within a second also when its process died before it could tell, or has no cache', async () => {
    await kept();
    const without: Call = { store: await aStore(database), actor: 'without' };
    await write(without, 'untold');
    expect(await untilRead('untold')).toBeLessThan(1_000);
  });

  it('is not covered by answers from the cache when PostgreSQL cannot be asked', async () => {
    const doomed = await aCachedCall(database, { host: '127.0.0.1', port: way.port, database: 0, tls: false });
    await untilInUse(doomed);
    await untilHit(doomed, () => getTask(doomed.call, task));
    await doomed.call.store.database.close();
    await until(async () => {
      const answer = await getTask(doomed.call, task).catch((error) => error.code);
      return answer === 'unavailable';
    }, 3);
  });
});
