import { beforeAll, describe, expect, it } from 'vitest';
import { claimTasks } from '../../src/service/claims.ts';
import { deleteGoal } from '../../src/service/delete-goal.ts';
import { getGoal, updateGoal } from '../../src/service/goals.ts';
import { generatePlan } from '../../src/service/plans.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { deleteTask, getTask } from '../../src/service/tasks.ts';
import { aGoal, aTask } from '../support/builders.ts';
import { aDatabase } from '../support/database.ts';
import { findRedis } from '../support/redis.ts';
import { aCachedCall, type CachedCall, countedAs, untilHit, untilInUse } from './support/cached-call.ts';
import { aRedisMachine, type RedisMachine } from './support/redis-machine.ts';

describe.skipIf(findRedis() === undefined)('reads through the cache', () => {
  let redis: RedisMachine;
  let one: CachedCall;
  let other: CachedCall;

  beforeAll(async () => {
    redis = await aRedisMachine();
    await redis.start();
    const database = await aDatabase();
    one = await aCachedCall(database, redis.address);
    other = await aCachedCall(database, redis.address);
    await untilInUse(one);
    await untilInUse(other);
  });

  const kinds = {
    goal: (c: CachedCall, goalId: string) => getGoal(c.call, goalId),
    plan: (c: CachedCall, goalId: string) => generatePlan(c.call, goalId),
  };

  it.each(['goal', 'plan'] as const)('a %s that one process read is a hit for the other', async (kind) => {
    const goal = await aGoal(one.call);
    await aTask(one.call, goal);
    const read = () => kinds[kind](one, goal);
    await untilHit(one, read);
    expect(await countedAs(other.cached, () => kinds[kind](other, goal))).toBe('hit');
    expect(await kinds[kind](other, goal)).toEqual(await kinds[kind]({ ...other, call: other.plain }, goal));
  });

  it('a task with any result comes out of the cache as it went in', async () => {
    const task = await aTask(one.call, await aGoal(one.call));
    const result = { text: 'ü\u2028"\\', list: [1, null, 1e300, { __proto__x: 1 }], '': {} };
    await setTaskStatus(one.call, { taskId: task, status: 'failed', result });
    await untilHit(one, () => getTask(one.call, task));
    expect(await getTask(other.call, task)).toEqual(await getTask(other.plain, task));
    expect((await getTask(other.call, task)).result).toEqual(result);
  });

  it('lives for 300 s under goal_agent_cache:<workspace>:, as JSON', async () => {
    const goal = await aGoal(one.call);
    await untilHit(one, () => getGoal(one.call, goal));
    const keys = (await redis.command('KEYS', `goal_agent_cache:default:*:goal:${goal}`)) as string[];
    expect(keys).toHaveLength(1);
    expect(Number(await redis.command('TTL', keys[0] as string))).toBeGreaterThan(290);
    expect(Number(await redis.command('TTL', keys[0] as string))).toBeLessThanOrEqual(300);
    const text = String(await redis.command('GET', keys[0] as string));
    expect(JSON.parse(text.slice(text.indexOf('=test:') + 6)).goals[0].id).toBe(goal);
  });

  it('what does not exist is not kept', async () => {
    await expect(getTask(one.call, 'TASK-9999')).rejects.toThrow('TASK-9999 does not exist');
    expect(await countedAs(one.cached, () => getTask(one.call, 'TASK-9999').catch(() => {}))).toBe('miss');
  });

  it('a write is seen by the other process at once: the task, its goal, and the plans that wait for it', async () => {
    const [goal, waiting] = [await aGoal(one.call), await aGoal(one.call)];
    const task = await aTask(one.call, goal);
    await aTask(one.call, waiting, [task]);
    const reads = [
      () => getTask(other.call, task),
      () => getGoal(other.call, goal),
      () => generatePlan(other.call, goal),
      () => generatePlan(other.call, waiting),
    ];
    for (const read of reads) await untilHit(other, read);
    await setTaskStatus(one.call, { taskId: task, status: 'completed', result: 'done' });
    expect((await getTask(other.call, task)).result).toBe('done');
    expect((await getGoal(other.call, goal)).goal.status).toBe('completed');
    expect((await generatePlan(other.call, goal)).plan.phases).toEqual([]);
    expect((await generatePlan(other.call, waiting)).plan.readyTaskIds).toHaveLength(1);
  });

  it("a claim that ends another's lease is seen at once, by those who look at the task that it leaves alone", async () => {
    const goal = await aGoal(one.call);
    const [left] = await claimTasks(one.call, { taskIds: [await aTask(one.call, goal)], limit: 1, leaseSeconds: 0.01 });
    const taskId = String(left?.id);
    const wanted = await aTask(one.call, await aGoal(one.call));
    await untilHit(other, () => getTask(other.call, taskId));
    await untilHit(other, () => getGoal(other.call, goal));
    expect(await claimTasks(one.call, { taskIds: [wanted], limit: 1, leaseSeconds: 60 })).toHaveLength(1);
    expect((await getTask(other.call, taskId)).status).toBe('pending');
    expect((await getGoal(other.call, goal)).tasks.find(({ id }) => id === taskId)?.status).toBe('pending');
  });

  it('a deletion is seen at once, by those that depended on what is gone too, completed or not', async () => {
    const [goal, waiting] = [await aGoal(one.call), await aGoal(one.call)];
    const [first, second] = [await aTask(one.call, goal), await aTask(one.call, goal)];
    const third = await aTask(one.call, waiting, [first, second]);
    await setTaskStatus(one.call, { taskId: first, status: 'completed' });
    const readThird = () => getTask(other.call, third);
    await untilHit(other, readThird);
    await deleteTask(one.call, first);
    expect((await readThird()).dependencies).toEqual([second]);
    await untilHit(other, readThird);
    await untilHit(other, () => getTask(other.call, second));
    await deleteGoal(one.call, goal);
    expect((await readThird()).dependencies).toEqual([]);
    await expect(getTask(other.call, second)).rejects.toThrow('does not exist');
  });

  it('two databases with a workspace of one name share a Redis and nothing else', async () => {
    const stranger = await aCachedCall(await aDatabase(), redis.address);
    await untilInUse(stranger);
    const mine = await aGoal(one.call, 'mine');
    await untilHit(one, () => getGoal(one.call, mine));
    for (let n = 0; n < 20; n += 1) await aGoal(stranger.call, 'a stranger');
    const theirs = await aGoal(stranger.call, 'theirs');
    await updateGoal(one.call, mine, { description: 'still mine' });
    await untilHit(stranger, () => getGoal(stranger.call, theirs));
    expect((await getGoal(stranger.call, theirs)).goal.description).toBe('theirs');
    expect((await getGoal(stranger.call, mine)).goal.description).toBe('a stranger');
    expect((await getGoal(one.call, mine)).goal.description).toBe('still mine');
  });
});
