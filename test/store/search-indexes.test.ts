import pg from 'pg';
import { expect, test } from 'vitest';
import { blockInSql, blockOf } from '../../src/domain/search-words.ts';
import { search } from '../../src/store/statements/search.ts';
import { aDatabase } from '../support/database.ts';

async function withClient<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(await aDatabase());
  await client.connect();
  return work(client).finally(() => client.end());
}

test('the search finds words by index', async () => {
  await withClient(async (client) => {
    await client.query('set enable_seqscan = off');
    // on an empty table every way costs the same: without the workspace there is only one
    const text = search.text.replaceAll(/\bw\.workspace_id = \$1 and w\.words/g, '$1::int8 > 0 and w.words');
    await client.query(`prepare searching as ${text}`);
    const { rows } = await client.query(
      `explain execute searching (1, '''#word'':*', '{task,goal,note}', null, null, '{}', null, 200, 10)`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    for (const index of ['task_words_search', 'goal_words_search', 'note_words_search']) {
      expect(plan).toContain(`Bitmap Index Scan on ${index}`);
    }
  });
});

test('a block is the same to the program and to the search, and there are few', async () => {
  const numbers = Array.from({ length: 50 }, (_, n) => 2 ** n).flatMap((power) =>
    [power - 1, power, power + 1, Math.round(power * 1.3), Math.round(power * 1.9)].filter((number) => number > 0),
  );
  await withClient(async (client) => {
    const { rows } = await client.query(
      `select ${blockInSql('n.number')}::int4 as block from unnest($1::int8[]) as n (number)`,
      [numbers],
    );
    expect(rows.map(({ block }) => block)).toEqual(numbers.map(blockOf));
  });
  const ordered = numbers.toSorted((a, b) => a - b).map(blockOf);
  expect(ordered).toEqual(ordered.toSorted((a, b) => a - b));
  expect(blockOf(1_000_000)).toBe(32);
});
