import { expect, test } from 'vitest';
import { ResourceEvents } from '../../src/mcp/resource-events.ts';
import type { PoolCall } from '../../src/service/call.ts';
import { addNote } from '../../src/service/notes.ts';
import { aGoal } from '../support/builders.ts';
import { aCall } from '../support/database.ts';

const { call } = await aCall();

/** Events of a store that is away until `comes` is called. */
function ofStoreThatIsAway() {
  let comes = () => {};
  const away = new Promise<void>((resolve) => {
    comes = resolve;
  });
  const open = async (): Promise<PoolCall> => {
    await away;
    return call;
  };
  return { events: new ResourceEvents(open, 50), comes };
}

test('a subscriber who did not wait for a store that is away is told that changes may have been missed, once', async () => {
  const goal = await aGoal(call);
  const { events, comes } = ofStoreThatIsAway();
  let missed = 0;
  events.whenMissed(() => {
    missed += 1;
  });
  const told: unknown[] = [];
  const leave = events.subscribe((event) => told.push(event));
  expect(await events.untilFollowing()).toBe(false);
  await addNote(call, { goalId: goal }, 'not seen');
  comes();
  await expect.poll(() => missed).toBe(1);
  expect(await events.untilFollowing()).toBe(true);
  await addNote(call, { goalId: goal }, 'seen');
  await expect.poll(() => told).toContainEqual({ kind: 'resource_updated', uri: `goal://${goal}` });
  expect(missed).toBe(1);
  leave();
});

test('where changes are followed in time nothing is missed, and nobody is told so', async () => {
  const events = new ResourceEvents(async () => call);
  let missed = 0;
  events.whenMissed(() => {
    missed += 1;
  });
  const leave = events.subscribe(() => {});
  expect(await events.untilFollowing()).toBe(true);
  expect(await events.following(async () => 'done')).toBe('done');
  expect(missed).toBe(0);
  leave();
});

test('a subscription that cannot be answered for is refused in words', async () => {
  const { events, comes } = ofStoreThatIsAway();
  await expect(events.following(async () => 'done')).rejects.toMatchObject({ code: 'unavailable' });
  comes();
});
