import pg from 'pg';
import { beforeAll, expect, it } from 'vitest';
import { fillStore } from '../../bench/filled-store.ts';
import { sizeCases, toolsWithoutCase } from '../../bench/size-cases.ts';
import { askOf } from '../../bench/size-turns.ts';
import { search } from '../../src/store/statements/search.ts';
import { afterFile } from '../support/after-file.ts';
import { aDatabase, aStore } from '../support/database.ts';
import { type Explained, explainSessions } from '../support/explained.ts';
import { readsWholeWorkspace, rowsReadBy, type Scan, scansOf } from '../support/plans.ts';

const tasks = 20_000;
/** Lists count up to a thousand rows, and look at some rows twice. */
const mostRows = 1_500;
/** Of a status or a label a search looks at so many tasks one by one: docs/decisions/search.md. */
const mostRowsOfSearch = 10_001;

const { options, heard } = explainSessions();
let ask: ReturnType<typeof askOf>;

beforeAll(async () => {
  const connection = await aDatabase();
  const store = await aStore({ ...connection, options });
  const client = new pg.Client(connection);
  await client.connect();
  afterFile(() => client.end());
  await fillStore([client], store.workspaceId, tasks);
  ask = askOf({ call: { store, actor: 'tester' } });
});

it('has a call of every tool to look at', () => {
  expect(toolsWithoutCase()).toEqual([]);
});

it.each(sizeCases)('$name finds rows by keys, and no more of them in a larger store', async (each) => {
  const place = { run: 1, tasks };
  const made = (await each.before?.(ask, place)) ?? {};
  heard.length = 0;
  await ask(each.tool, each.args(place, made));
  expect(heard).not.toEqual([]);
  expect(heard.flatMap(offences)).toEqual([]);
});

function offences({ text, plan }: Explained): string[] {
  const isSearch = text === search.text;
  return scansOf(plan)
    .filter((scan) => rowsReadBy(scan) > (isSearch ? mostRowsOfSearch : mostRows) || (readsAll(scan) && !isSearch))
    .map(
      (scan) =>
        `${scan['Relation Name']} by ${scan['Index Name'] ?? 'no index'} ${scan['Index Cond'] ?? ''}, ${rowsReadBy(scan)} rows: ${text.trim()}`,
    );
}

/** Claims are as many as there are agents at work: where they are few, all of them are read at once. */
function readsAll(scan: Scan): boolean {
  return readsWholeWorkspace(scan) && !scan.isLimited && scan['Relation Name'] !== 'claims';
}
