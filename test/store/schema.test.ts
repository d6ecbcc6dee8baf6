import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distributedTables } from '../../src/store/distribution.ts';
import { readCatalog } from '../support/catalog.ts';
import { aDatabase } from '../support/database.ts';

let client: pg.Client;

beforeAll(async () => {
  client = new pg.Client(await aDatabase());
  await client.connect();
});
afterAll(() => client.end());

const ours = `c.relnamespace = 'public'::regnamespace and c.relname <> 'goal_agent_migrations'`;

describe('the schema', () => {
  it('carries workspace_id in every table but workspaces', async () => {
    const { rows } = await client.query(`
      select c.relname
      from pg_class c
      where ${ours} and c.relkind = 'r' and not exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and a.attnotnull
          and a.atttypid = 'bigint'::regtype)`);
    expect(rows.map((row) => row.relname)).toEqual(['workspaces']);
  });

  // docs/decisions/search.md: their words begin with the workspace
  const searched = ['goal_words_search', 'note_words_search', 'task_words_search'];

  it('puts workspace_id first in every primary key, unique key, foreign key and index but those of the search', async () => {
    const { rows } = await client.query(`
      select k.conname as name
      from pg_constraint k
      join pg_class c on c.oid = k.conrelid
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
      where ${ours} and c.relname <> 'workspaces' and k.contype in ('p', 'u', 'f') and a.attname <> 'workspace_id'
      union all
      select x.relname
      from pg_index i
      join pg_class x on x.oid = i.indexrelid
      join pg_class c on c.oid = i.indrelid
      left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
      where ${ours} and c.relname <> 'workspaces' and a.attname is distinct from 'workspace_id'
      order by 1`);
    expect(rows.map((row) => row.name)).toEqual(searched);
  });

  it('is known, table by table, to the runner that distributes it, each behind the others that it refers to', async () => {
    const { rows } = await client.query(
      `select c.relname as name from pg_class c where ${ours} and c.relkind = 'r' and c.relname <> 'workspaces' order by 1`,
    );
    expect(distributedTables.toSorted()).toEqual(rows.map((row) => row.name));
    const keys = await client.query(
      `select k.conrelid::regclass::text as from, k.confrelid::regclass::text as to from pg_constraint k where k.contype = 'f'`,
    );
    const place = (name: string) => ['workspaces', ...distributedTables].indexOf(name);
    const isAhead = ({ from, to }: { from: string; to: string }) => from !== to && place(to) >= place(from);
    expect(keys.rows.filter(isAhead)).toEqual([]);
  });

  it('uses no trigger of its own and no "on delete set null", which sharded tables refuse', async () => {
    const triggers = await client.query('select tgname from pg_trigger where not tgisinternal');
    const setNull = await client.query("select conname from pg_constraint where confdeltype in ('n', 'd')");
    expect([...triggers.rows, ...setNull.rows]).toEqual([]);
  });

  it('names every constraint, and ends none in the digits that a shard would add', async () => {
    const { rows } = await client.query(`
      select k.conname as name
      from pg_constraint k
      join pg_class c on c.oid = k.conrelid
      where ${ours} and k.contype <> 'n' and (k.conname ~ '_\\d+$' or k.conname ~ '_(check|key|fkey)\\d*$')`);
    expect(rows).toEqual([]);
  });

  it('is what its snapshot says', async () => {
    const { columns, constraints, indexes, settings, enums, sequences } = await readCatalog(client);
    const parts = [columns, constraints, indexes, settings, enums, sequences].map((lines) => lines?.join('\n'));
    await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot('__snapshots__/schema.sql.txt');
  });
});
