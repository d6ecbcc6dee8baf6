import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Call, PoolCall } from '../../src/service/call.ts';
import { answerOnce } from '../../src/service/requests.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { getTask } from '../../src/service/tasks.ts';
import { aGoal, aTask } from '../support/builders.ts';
import { aDatabase, aStore } from '../support/database.ts';
import { findRedis } from '../support/redis.ts';
import { aCachedCall, type CachedCall, untilHit, untilInUse } from './support/cached-call.ts';
import { aRedisMachine } from './support/redis-machine.ts';

describe.skipIf(findRedis() === undefined)('a repeated request', () => {
  let gone: PoolCall;
  let writer: CachedCall;
  let reader: CachedCall;
  let task: string;

  beforeAll(async () => {
    const [database, redis] = [await aDatabase(), await aRedisMachine()];
    await redis.start();
    gone = { store: await aStore(database), actor: 'tester' };
    writer = await aCachedCall(database, redis.address);
    reader = await aCachedCall(database, redis.address);
    await untilInUse(writer);
    await untilInUse(reader);
    task = await aTask(gone, await aGoal(gone));
  });

  it('is answered when nobody reads what was before it, although who did it told nobody', async () => {
    for (let round = 0; round < 5; round += 1) {
      const request = { id: randomUUID(), tool: 'set', args: { round } };
      const run = async (call: Call) => {
        await setTaskStatus(call, { taskId: task, status: 'in_progress', result: round });
        return { done: round };
      };
      await untilHit(reader, () => getTask(reader.call, task));
      // as one does that dies between its commit and its word to Redis
      await answerOnce(gone, request, run);
      expect(await answerOnce(writer.call, request, run)).toEqual({ done: round });
      expect((await getTask(reader.call, task)).result).toBe(round);
    }
  });
});
