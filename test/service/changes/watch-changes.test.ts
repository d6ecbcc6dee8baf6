import { describe, expect, it, vi } from 'vitest';
import { updateGoal } from '../../../src/service/goals.ts';
import { readChanges } from '../../../src/service/read-changes.ts';
import { watchChanges } from '../../../src/service/watch-changes.ts';
import { aGoal, someTasks } from '../../support/builders.ts';
import { aCall, aStore, callsOf } from '../../support/database.ts';
import { aHandWriter, aWatch, numbersOf, readAll } from './support.ts';

const change = (call: Parameters<typeof updateGoal>[0], goal: string) =>
  updateGoal(call, goal, { description: `changed at ${performance.now()}` });

describe('who watches', () => {
  it('hears within a second of what any process changed, also of one that is gone before it could tell', async () => {
    const { calls, connection } = await callsOf('here', 'there');
    const [here, there] = calls;
    const goal = await aGoal(there);
    const watch = await aWatch(here.store);
    for (const call of [here, there]) {
      const { length } = watch.heard;
      await change(call, goal);
      const changedAt = performance.now();
      await vi.waitFor(() => expect(watch.heard).toHaveLength(length + 1), { timeout: 3_000 });
      expect((watch.heard.at(-1)?.at ?? Number.POSITIVE_INFINITY) - changedAt).toBeLessThan(1_000);
    }
    const killed = await aHandWriter(connection, 1);
    await killed.write(goal);
    await killed.sql.query('commit').then(() => killed.sql.end());
    await vi.waitFor(() => expect(watch.heard).toHaveLength(3), { timeout: 1_500 });
  });

  it('goes on from a position, and misses nothing in between', async () => {
    const { call } = await aCall();
    const goal = await aGoal(call);
    const first = await aWatch(call.store);
    await change(call, goal);
    await vi.waitFor(() => expect(first.heard).toHaveLength(1), { timeout: 3_000 });
    first.stop();
    await first.ended;
    await change(call, goal);
    const second = await aWatch(call.store, { since: first.positions.at(-1) });
    await change(call, goal);
    await vi.waitFor(() => expect(second.heard).toHaveLength(2), { timeout: 3_000 });
  });

  it('of a goal hears of that goal alone', async () => {
    const { call } = await aCall();
    const [one, two] = [await aGoal(call), await aGoal(call)];
    const watch = await aWatch(call.store, { goalId: two });
    await change(call, one);
    await change(call, two);
    await vi.waitFor(() => expect(watch.heard).toHaveLength(1), { timeout: 3_000 });
    expect(watch.heard[0]?.change.id).toBe(two);
  });

  it('and is slow to ask is told all the same, in order', { timeout: 30_000 }, async () => {
    const { call } = await aCall();
    const goal = await aGoal(call);
    const quick = await aWatch(call.store);
    const slow = watchChanges(call.store, { since: quick.positions[0] });
    await slow.next();
    for (let n = 0; n < 6; n += 1) await someTasks(call, goal, 500);
    await change(call, goal);
    const expected = numbersOf(await readAll(call.store, quick.positions[0]));
    await vi.waitFor(() => expect(quick.heard).toHaveLength(expected.length), { timeout: 5_000 });
    const heard: number[] = [];
    while (heard.length < expected.length) heard.push(...numbersOf((await slow.next()).value?.changes ?? []));
    await slow.return(undefined);
    expect(heard).toEqual(expected);
    expect(numbersOf(quick.heard.map((each) => each.change))).toEqual(expected);
  });

  it('shares the looks at the database with all others, and nobody looks when nobody watches', async () => {
    const { call } = await aCall();
    const goal = await aGoal(call);
    const read = vi.spyOn(call.store.database, 'read');
    const watches = await Promise.all(Array.from({ length: 1_000 }, () => aWatch(call.store)));
    read.mockClear();
    await change(call, goal);
    await vi.waitFor(() => expect(watches.every(({ heard }) => heard.length === 1)).toBe(true), { timeout: 5_000 });
    expect(read.mock.calls.length).toBeLessThan(40);
    for (const watch of watches) watch.stop();
    await Promise.all(watches.map(({ ended }) => ended));
    await new Promise((resolve) => setTimeout(resolve, 300));
    read.mockClear();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(read).not.toHaveBeenCalled();
  });

  it('from a position of another database is told so', async () => {
    const [{ call: one }, { call: two }] = [await aCall(), await aCall()];
    await aGoal(one);
    const { position } = await readChanges(one.store);
    const watch = await aWatch(two.store, { since: position });
    expect(await watch.ended).toMatchObject({ code: 'conflict' });
    await expect(watchChanges(two.store, { since: 'x' }).next()).rejects.toMatchObject({ code: 'invalid' });
  });

  it('begins when it can be said where now is', async () => {
    const { call, connection } = await aCall();
    const goal = await aGoal(call);
    const writer = await aHandWriter(connection, 1);
    await writer.write(goal);
    const late = await aStore(connection);
    const beginning = aWatch(late);
    await change(call, goal);
    await writer.commit();
    const watch = await beginning;
    await change(call, goal);
    await vi.waitFor(() => expect(watch.heard.length).toBeGreaterThan(0), { timeout: 3_000 });
  });
});
