import pg from 'pg';
import { expect, test } from 'vitest';
import { parseSearchQuery } from '../../src/domain/search-query.ts';
import { search } from '../../src/store/statements/search.ts';
import { aDatabase } from '../support/database.ts';

test('the search says word for word what its indexes are made of, so that each of them is used', async () => {
  const client = new pg.Client(await aDatabase());
  await client.connect();
  try {
    await client.query('set enable_seqscan = off; set plan_cache_mode = force_generic_plan');
    // on an empty table every way costs the same: without the workspace there is only one
    const text = search.text.replaceAll(/\b[tgn]\.workspace_id = \$1 and /g, '$1::int8 > 0 and ');
    await client.query(`prepare searching as ${text}`);
    const { rows } = await client.query(
      `explain execute searching (1, '''word'':*', null, null, '{}', 'word', 500, '{word}', 200, 10)`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    for (const index of ['tasks_search', 'goals_search', 'goals_of_repo', 'notes_search']) {
      expect(plan).toContain(`Bitmap Index Scan on ${index}`);
    }
  } finally {
    await client.end();
  }
});

test('what separates the words of a query separates those of a text', async () => {
  const client = new pg.Client(await aDatabase());
  await client.connect();
  try {
    const texts = Array.from({ length: 0x3100 - 0x21 }, (_, n) => `left${String.fromCharCode(0x21 + n)}right`);
    const separated = texts.filter((text) => parseSearchQuery(text)?.words.join(' ') === 'left right');
    expect(separated.length).toBeGreaterThan(45);
    const index = await client.query(
      "select pg_get_expr(indexprs, indrelid) as vector from pg_index where indexrelid = 'notes_search'::regclass",
    );
    const { rows } = await client.query(
      `select text from unnest($1::text[]) as t (text) where tsvector_to_array(${index.rows[0].vector}) <> '{left,right}'`,
      [separated],
    );
    expect(rows).toEqual([]);
  } finally {
    await client.end();
  }
});
