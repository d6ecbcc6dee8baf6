import { beforeAll, describe, expect, it } from 'vitest';
import { getGoal } from '../../src/service/goals.ts';
import { run } from '../legacy/support/program.ts';
import { aGoal } from '../support/builders.ts';
import { aDatabase } from '../support/database.ts';
import { findRedis } from '../support/redis.ts';
import { aCachedCall, untilHit, untilInUse } from './support/cached-call.ts';
import { aRedisMachine, type RedisMachine } from './support/redis-machine.ts';

describe.skipIf(findRedis() === undefined)('a workspace that is deleted', () => {
  let redis: RedisMachine;

  beforeAll(async () => {
    redis = await aRedisMachine();
    await redis.start();
  });

  it('is out of the cache of those who have it open, before the command ends', async () => {
    const database = await aDatabase();
    const open = await aCachedCall(database, redis.address);
    await untilInUse(open);
    const goal = await aGoal(open.call);
    await untilHit(open, () => getGoal(open.call, goal));
    const { host, port } = redis.address;
    const env = { REDIS_HOST: host, REDIS_PORT: String(port) };
    expect((await run(['workspace', 'delete', 'default', '--confirm', 'default'], database, { env })).code).toBe(0);
    await expect(getGoal(open.call, goal)).rejects.toMatchObject({ code: 'not_found' });
  });
});
