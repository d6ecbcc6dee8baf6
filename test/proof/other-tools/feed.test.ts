import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { expect, it } from 'vitest';
import type { Change } from '../../../src/domain/change.ts';
import type { Call } from '../../../src/service/call.ts';
import { updateGoal } from '../../../src/service/goals.ts';
import { readChanges } from '../../../src/service/read-changes.ts';
import type { Store } from '../../../src/store/store.ts';
import { aHandWriter, numbersOf } from '../../service/changes/support.ts';
import { aGoal } from '../../support/builders.ts';
import { aCall, aStore } from '../../support/database.ts';
import { repeats, tell } from '../../support/proof.ts';

const rounds = repeats('rounds', { briefly: 25, atLength: 1_000 });
const writers = 8;

it('a feed never skips: readers that go on from their positions are told each change once, in one order', {
  timeout: 0,
}, async () => {
  const { call, connection, sql } = await aCall();
  const goal = await aGoal(call);
  const stores = await Promise.all([1, 2, 3].map(() => aStore(connection)));
  const { position: since } = await readChanges(call.store);
  let isWriting = true;
  const reading = stores.map((store) => follow(store, since, () => isWriting));
  await Promise.all(Array.from({ length: writers }, (_, place) => write({ call, connection, goal, place })));
  isWriting = false;
  const { rows } = await sql.query('select seq::int4 from events where workspace_id = 1 and seq > $1 order by seq', [
    Number(since.split('-')[0]),
  ]);
  const expected = rows.map(({ seq }) => seq);
  expect(expected.length).toBeGreaterThan(rounds * (writers - 3));
  for (const changes of await Promise.all(reading)) expect(numbersOf(changes)).toEqual(expected);
  tell('a feed never skips', { readers: stores.length, changes: expected.length, skipped: 0, 'told twice': 0 });
});

/** Writes in transactions that last differently long, some of which end with nothing. */
async function write({ call, connection, goal, place }: Writer): Promise<void> {
  const writer = await aHandWriter(connection, 1);
  for (let round = 0; round < rounds; round += 1) {
    await writer.write(goal);
    // now and then a writer takes its number early and commits late, after many others
    const isLong = place === 1 && round % 25 === 0;
    await sleep(isLong ? 500 : Math.random() * 40);
    await (Math.random() < 0.2 ? writer.rollback() : writer.commit());
    if (place === 0) await updateGoal(call, goal, { priority: round % 2 === 0 ? 'high' : 'low' });
  }
}

interface Writer {
  call: Call;
  connection: pg.ClientConfig;
  goal: string;
  place: number;
}

/** All that is told from a position on, page by page, until nobody writes any more. */
async function follow(store: Store, since: string, isWriting: () => boolean): Promise<Change[]> {
  const all: Change[] = [];
  for (let position = since, isLast = false; ; ) {
    const page = await readChanges(store, { since: position, limit: 7 });
    all.push(...page.changes);
    position = page.position;
    if (page.isCaughtUp && isLast) return all;
    // a page that was asked for after the last commit tells the rest
    isLast = page.isCaughtUp && !isWriting();
  }
}
