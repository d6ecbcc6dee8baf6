import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqlColumn } from '../../src/store/statement.ts';
import { aDatabase } from '../support/database.ts';
import { loadFunctions, loadStatements } from '../support/statements.ts';

const functions = await loadFunctions();
const statements = [...(await loadStatements()), ...functions.map((each) => each.call)];
const texts = [...statements, ...functions.map(({ name, body }) => ({ name: `the body of ${name}`, text: body }))];

const oids: Record<string, number> = {
  int4: 23,
  int8: 20,
  text: 25,
  uuid: 2950,
  float8: 701,
  bool: 16,
  jsonb: 3802,
  timestamptz: 1184,
  'int4[]': 1007,
  'int8[]': 1016,
  'uuid[]': 2951,
  'text[]': 1009,
  'bool[]': 1000,
};

describe('every statement', () => {
  let client: pg.Client;

  beforeAll(async () => {
    client = new pg.Client(await aDatabase());
    await client.connect();
  });
  afterAll(() => client.end());

  it.each(statements)('$name has the parameters and columns that it declares', async (statement) => {
    await client.query(`prepare checked as ${statement.text}`);
    const { rows } = await client
      .query(`select parameter_types::oid[]::int8[] as types from pg_prepared_statements where name = 'checked'`)
      .finally(() => client.query('deallocate checked'));
    expect(rows[0].types.map(Number)).toEqual(Object.values(statement.params).map(oidOf));
    const fields = await describeColumns(client, statement.text);
    expect(fields.map(({ name, dataTypeID }) => [name, dataTypeID])).toEqual(
      Object.entries(statement.columns).map(([name, type]) => [name, oidOf(type)]),
    );
  });

  it.each(texts)('$name keeps to one workspace on every table that it touches', ({ text }) => {
    expect(tablesWithoutWorkspace(text)).toEqual([]);
  });

  it.each(texts)('$name changes one table at most in a statement, as a shard takes it', ({ text }) => {
    expect(refusedByShards(text)).toEqual([]);
  });

  it('has a name of its own', () => {
    expect(new Set(statements.map((statement) => statement.name)).size).toBe(statements.length);
  });
});

describe('the check for shards', () => {
  it.each([
    ['with x as (delete from claims c) update tasks t set revision = 1', ['changes claims and tasks']],
    ['update tasks t set updated_at = clock_timestamp()', ['clock_timestamp() in an update']],
    ['update goals g set status = coalesce($2::goal_status, g.status)', ['a cast to an enum inside coalesce']],
    [
      'update goals g set status = case when true then ($2)::goal_status else g.status end',
      ['a cast to an enum inside case'],
    ],
    ['update tokens t set revoked_at = coalesce(t.revoked_at, now())', ['now() inside coalesce']],
    [
      "update tasks t set status = (e.after ->> 'status')::task_status from events e",
      ['a cast of a column to an enum'],
    ],
    ['update goals g set open_tasks = 1 returning g.status::text', ['a cast in returning']],
    ['update goals g set status = w.status::goal_status from w', ['a cast of a column to an enum']],
    ['update webhooks w set attempts = 1 returning w.next_attempt_at - now()', ['the clock in returning']],
    ['delete from resources r where r.expires_at <= clock_timestamp()', ['clock_timestamp() in a delete']],
    ['insert into imports (id) values (1) on conflict (id) do update set at = now()', ['the clock in do update']],
    [
      'insert into operations as o (id) values (1) on conflict (id) do update set id = 1 where o.xmin = pg_current_xact_id()::xid',
      ['the transaction in do update'],
    ],
    ['update tokens t set revoked_at = now() where t.expires_at > now()', []],
    ['insert into goals as g (id) values (1) on conflict (id) do update set id = excluded.id', []],
    ["update tasks t set status = case when $2 then 'failed'::task_status else 'pending' end", []],
    ['select case when $1::goal_status is null then now() end', []],
    ['select t.id from tasks t for no key update; delete from tasks t', []],
  ])('sees what is wrong in %s', (text, wrong) => {
    expect(refusedByShards(text)).toEqual(wrong);
  });
});

describe('the check for workspaces', () => {
  it.each([
    ['select id from tasks where id = $1', ['tasks']],
    ['select t.id from tasks t join goals g on g.id = t.goal_id where t.workspace_id = $1', ['goals g']],
    ['update goals g set status = $2 from tasks t where t.workspace_id = $1', ['goals g']],
    ['delete from tasks t using goals g where t.workspace_id = $1 and g.workspace_id = $1', []],
    ['insert into events (workspace_id) select $1 from tasks t', ['tasks t']],
    ['insert into events (seq) values ($1)', ['events']],
    ['insert into events as e (seq) values ($1)', ['events']],
  ])('sees what is missing in %s', (text, missing) => {
    expect(tablesWithoutWorkspace(text)).toEqual(missing);
  });
});

function oidOf(type: SqlColumn): number | undefined {
  return oids[type.replace('?', '')];
}

interface Wire {
  parse(query: { text: string }): void;
  describe(what: { type: 'S'; name: string }): void;
  sync(): void;
}

/** What PostgreSQL says a statement's rows look like, without running it. */
function describeColumns(client: pg.Client, text: string): Promise<{ name: string; dataTypeID: number }[]> {
  return new Promise((resolve, reject) => {
    let fields: { name: string; dataTypeID: number }[] = [];
    client.query({
      submit(connection: unknown) {
        const wire = connection as Wire;
        wire.parse({ text });
        wire.describe({ type: 'S', name: '' });
        wire.sync();
      },
      handleRowDescription: (message: { fields: typeof fields }) => {
        fields = message.fields;
      },
      handleError: reject,
      handleReadyForQuery: () => resolve(fields),
    } as unknown as pg.Submittable);
  });
}

/** Each reference to a table of a workspace that is not tied to `$1`. Statements on `workspaces` itself find the workspace. */
function tablesWithoutWorkspace(text: string): string[] {
  const tables =
    'counters|goals|tasks|task_dependencies|claims|operations|events|notes|imports|tokens|resources|templates|goal_words|task_words|note_words';
  const missing: string[] = [];
  for (const [, table = '', alias = ''] of text.matchAll(
    new RegExp(
      `\\b(?:from|join|update|using)\\s+(${tables})\\b(?:\\s+(?!where|set|on|order|join|limit|using\\b)([a-z]\\w*))?`,
      'g',
    ),
  )) {
    const name = alias || table;
    const tied = new RegExp(`(?<![\\w.])${alias ? `${alias}\\.` : `(?:${table}\\.)?`}workspace_id = \\$1`);
    if (!tied.test(text)) missing.push(alias ? `${table} ${alias}` : name);
  }
  for (const [, table = '', columns = ''] of text.matchAll(
    new RegExp(`insert into (${tables})(?: as \\w+)? \\(([^)]*)\\)`, 'g'),
  )) {
    if (!columns.trim().startsWith('workspace_id')) missing.push(table);
  }
  return missing;
}

/** What a sharded database refuses of a statement that changes rows; of a body, of each of its statements. */
function refusedByShards(text: string): string[] {
  return text.split(/;\s*\n|; /).flatMap((statement) => {
    const changed = [
      ...statement.matchAll(/\b(?:insert into|(?<!\bdo |\bkey |\bfor )update|delete from)\s+(?!set\b)(\w+)/g),
    ];
    const [first] = changed;
    if (first === undefined) return [];
    const isUpdate = first[0].startsWith('update');
    const isDelete = first[0].startsWith('delete');
    const enums = 'priority|goal_status|task_status';
    const casts = new RegExp(`(?<!'\\w+')::(?:${enums})\\b`);
    const clock = /\b(?:now|clock_timestamp|statement_timestamp)\(\)/;
    const returned = /\breturning\b[\s\S]*/.exec(statement)?.[0] ?? '';
    const doUpdate = /\bdo update\b[\s\S]*/.exec(statement)?.[0].replace(returned, '') ?? '';
    const inner = [
      ...[...statement.matchAll(/\bcoalesce\(((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*)\)/g)].map(
        ([, inside = '']) => ['coalesce', inside],
      ),
      ...[...statement.matchAll(/\bcase\b([\s\S]*?)\bend\b/g)].map(([, inside = '']) => ['case', inside]),
    ];
    return [
      ...(changed.length > 1 ? [`changes ${changed.map(([, table]) => table).join(' and ')}`] : []),
      ...(isUpdate && statement.includes('clock_timestamp()') ? ['clock_timestamp() in an update'] : []),
      ...(isDelete && statement.includes('clock_timestamp()') ? ['clock_timestamp() in a delete'] : []),
      ...inner.flatMap(([where, inside = '']) => [
        ...(casts.test(inside) ? [`a cast to an enum inside ${where}`] : []),
        ...(inside.includes('now()') ? [`now() inside ${where}`] : []),
      ]),
      ...(isUpdate && new RegExp(`\\w\\.\\w+(?: ->> '\\w+'\\))?::(?:${enums})`).test(statement)
        ? ['a cast of a column to an enum']
        : []),
      ...(/\w::text/.test(returned) ? ['a cast in returning'] : []),
      ...(clock.test(returned) ? ['the clock in returning'] : []),
      ...(clock.test(doUpdate) ? ['the clock in do update'] : []),
      ...(doUpdate.includes('pg_current_xact_id') ? ['the transaction in do update'] : []),
    ];
  });
}
