import { expect, onTestFinished, test } from 'vitest';
import { updateGoal } from '../../src/service/goals.ts';
import { aGoal } from '../support/builders.ts';
import { aDatabase, aStore } from '../support/database.ts';
import { type Meeting, openMessageWay } from '../support/message-way.ts';

const timeoutMs = 300;
/** Longer than a statement may take, and less than the server waits for the client of an open transaction. */
const soonMs = 6_000;

/** What ends a packet (Sync): what was sent before it is done, and not yet committed. */
const endsPacket = ({ towards, frame }: Meeting) => towards === 'server' && frame.kind === 'S';

test('a change whose connection falls silent before its packet ends keeps no locks when its client has noticed', async () => {
  const database = await aDatabase();
  const way = await openMessageWay(database);
  onTestFinished(way.close);
  const [near, other] = [
    { store: await aStore(way.connection, { timeoutMs }), actor: 'near' },
    { store: await aStore(database), actor: 'other' },
  ];
  const id = await aGoal(near);
  way.at(0, () => {}, endsPacket);
  await updateGoal(near, id, { description: 'without a cut' });
  const { counted } = way.pass();
  expect(counted).toBeGreaterThan(0);
  for (let n = 1; n <= counted; n += 1) {
    way.at(n, (meeting) => meeting.swallow(), endsPacket);
    const began = performance.now();
    const error = await updateGoal(near, id, { description: `cut at ${n}` }).catch((error) => error);
    expect(way.pass().met).toBeDefined();
    expect(error).toMatchObject({ code: expect.stringMatching(/^(unknown_outcome|unavailable)$/) });
    await updateGoal(other, id, { description: `after ${n}` });
    expect(performance.now() - began).toBeLessThan(soonMs);
  }
});
