import type pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { aGoal, someTasks } from '../support/builders.ts';
import { aCall } from '../support/database.ts';
import { findRedis } from '../support/redis.ts';
import { buildWorker, check, checkUntil, compare, pause, repeat, type UntilHit } from './support/checker.ts';
import { aRedisMachine, type RedisMachine } from './support/redis-machine.ts';
import type { Work } from './support/worker.ts';

describe('the checker', () => {
  const write = (version: number, at: number) => ({ taskId: 'TASK-0001', version, at, read: false });
  const read = (version: number, at: number) => ({ taskId: 'TASK-0001', version, at, read: true });

  it('finds a read that got an older version than what had returned before it began', () => {
    expect(compare([write(1, 1), read(1, 2), write(2, 3), read(1, 4)], 0).stale).toHaveLength(1);
  });

  it('lets a read have what was being written, and what returned while it ran', () => {
    expect(compare([write(1, 1), read(2, 2), write(2, 3), read(2, 4), write(3, 5)], 0).stale).toEqual([]);
  });
});

describe.skipIf(findRedis() === undefined)('what many processes read through one cache', { timeout: 300_000 }, () => {
  let database: pg.ClientConfig;
  let redis: RedisMachine;
  let programs: { guarded: string; unguarded: string };
  let works: () => Work[];

  beforeAll(async () => {
    const { call, connection } = await aCall();
    database = connection;
    redis = await aRedisMachine();
    programs = {
      guarded: await buildWorker({ guard: true }),
      unguarded: await buildWorker({ guard: false }),
    };
    const goalId = await aGoal(call);
    const taskIds = await someTasks(call, goalId, 4);
    const { workspaceId } = call.store;
    const restMs = 6;
    works = () => {
      const shared = { database, address: redis.address, workspaceId, goalId, fillMs: 15 };
      const reader = { ...shared, taskIds, writes: false, restMs };
      const writer = (mine: string[]) => ({ ...shared, taskIds: mine, writes: true, restMs: 3 * restMs });
      return [reader, reader, { ...reader, restMs: 100 }, writer(taskIds.slice(0, 2)), writer(taskIds.slice(2))];
    };
  });

  it('is never older than a write that returned, however long readers pause before they fill the cache', async () => {
    await redis.start();
    const round = () => check(programs.guarded, works(), someTime);
    const seen = await checkUntil((all) => all.hits > 20 || all.stale.length > 0, round);
    await redis.kill();
    report('guarded', seen);
    expect(seen.stale).toEqual([]);
    expect(seen.hits).toBeGreaterThan(20);
  });

  it('is older, and the checker sees it, when stamps no longer guard the values', async () => {
    await redis.start();
    const round = () => check(programs.unguarded, works(), someTime);
    const seen = await checkUntil((all) => all.stale.length > 0, round);
    await redis.kill();
    report('unguarded', seen);
    expect(seen.stale.length).toBeGreaterThan(0);
  });

  it('is never older while Redis freezes and thaws', async () => {
    await redis.start();
    const freezing = (untilHit: UntilHit) =>
      repeat(10, async () => {
        await untilHit();
        await pause(0, 300);
        redis.freeze();
        await pause(20, 300);
        redis.thaw();
      });
    const seen = await check(programs.guarded, works(), freezing);
    await redis.kill();
    report('frozen', seen);
    expect(seen.stale).toEqual([]);
    expect(seen.hits).toBeGreaterThan(0);
  });

  it('is never older while Redis is killed and comes back with what it had saved before', async () => {
    await redis.start();
    const killing = (untilHit: UntilHit) =>
      repeat(4, async () => {
        await untilHit();
        await redis.command('SAVE');
        await pause(50, 300);
        await redis.kill();
        await pause(0, 200);
        await redis.start();
      });
    const seen = await check(programs.guarded, works(), async (untilHit) => {
      await killing(untilHit);
      await untilHit();
    });
    await redis.kill();
    report('killed', seen);
    expect(seen.stale).toEqual([]);
    expect(seen.hits).toBeGreaterThan(0);
  });
});

async function someTime(untilHit: UntilHit): Promise<void> {
  await untilHit();
  await pause(3_000, 3_000);
}

function report(name: string, { reads, writes, hits, stale }: Awaited<ReturnType<typeof check>>): void {
  process.stderr.write(`${name}: ${reads} versions read, ${writes} written, ${hits} hits, ${stale.length} stale\n`);
}
