import type pg from 'pg';

/** What `public.goals` is: not there or ours, the table of the Python v3.0, or somebody else's. */
export type FoundTables = 'none' | 'python' | 'foreign';

const legacyTables = ['legacy_goals', 'legacy_tasks'];

/** Looks at the columns: the Python v3.0 had no workspaces, and no list of the migrations that it ran. */
export async function findPythonTables(client: pg.Client): Promise<FoundTables> {
  const { rows } = await client.query<{ goals: string[] | null; tasks: string[] | null }>(`
    select
      (select array_agg(attname::text) from pg_attribute where attrelid = to_regclass('public.goals') and attnum > 0 and not attisdropped) as goals,
      (select array_agg(attname::text) from pg_attribute where attrelid = to_regclass('public.tasks') and attnum > 0 and not attisdropped) as tasks`);
  const { goals, tasks } = rows[0] ?? {};
  if (goals?.includes('workspace_id') || (!goals && !tasks)) return 'none';
  const has = (columns: string[] | null | undefined, names: string[]) => names.every((name) => columns?.includes(name));
  const isPython =
    has(goals, ['id', 'description', 'priority', 'status', 'repos', 'created_at', 'updated_at']) &&
    has(tasks, ['id', 'goal_id', 'description', 'status', 'dependencies', 'created_at', 'updated_at']);
  return isPython ? 'python' : 'foreign';
}

/** The tables that an earlier conversion kept, those that are still there. */
export async function findLegacyTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select name from unnest($1::text[]) as n (name) where to_regclass('public.' || name) is not null order by name`,
    [legacyTables],
  );
  return rows.map((row) => row.name);
}

/**
 * Renames the Python v3.0 tables to `legacy_goals` and `legacy_tasks`, with their constraints and indexes, whose names
 * the new tables want. Nobody writes to them from the moment of the lock to the end of the transaction.
 */
export async function setPythonTablesAside(client: pg.Client): Promise<void> {
  await client.query('lock table public.goals, public.tasks in access exclusive mode');
  const { rows } = await client.query<{ ddl: string }>(`
    with aside as (
      select oid, relname from pg_class where oid in ('public.goals'::regclass, 'public.tasks'::regclass)
    ),
    named as (
      select a.relname, k.conname as name, k.conindid as index
      from aside a
      join pg_constraint k on k.conrelid = a.oid and k.contype <> 'n'
    )
    select format('alter table public.%I rename constraint %I to %I', n.relname, n.name, left('legacy_' || n.name, 63)) as ddl
    from named n
    union all
    select format('alter index public.%I rename to %I', x.relname, left('legacy_' || x.relname, 63))
    from aside a
    join pg_index i on i.indrelid = a.oid
    join pg_class x on x.oid = i.indexrelid
    where not exists (select from pg_constraint k where k.conindid = x.oid and k.conrelid = a.oid)`);
  for (const { ddl } of rows) await client.query(ddl);
  await client.query('alter table public.goals rename to legacy_goals');
  await client.query('alter table public.tasks rename to legacy_tasks');
}

/** A row as text by column; JSON columns are text too. Null stays null. */
export type TextRow = Record<string, string | null>;

export interface LegacyTable {
  rows: TextRow[];
  /** The columns that hold JSON. */
  jsonColumns: Set<string>;
}

/**
 * Every row of a table that was set aside, whatever columns it has. Times are ISO 8601 in UTC without a zone, and without
 * a fraction where there is none, as Python writes them. JSON comes as text: `json` may hold what `jsonb` cannot.
 */
export async function readLegacyTable(client: pg.Client, table: 'legacy_goals' | 'legacy_tasks'): Promise<LegacyTable> {
  const { rows: columns } = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, null) as type
     from pg_attribute where attrelid = ('public.' || $1)::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  const list = columns.map(
    ({ name, type }) => `${expression(client.escapeIdentifier(name), type)} as ${client.escapeIdentifier(name)}`,
  );
  const { rows } = await client.query<TextRow>(`select ${list.join(', ')} from public.${table} order by id`);
  const jsonColumns = new Set(columns.filter(({ type }) => type.startsWith('json')).map(({ name }) => name));
  return { rows, jsonColumns };
}

function expression(column: string, type: string): string {
  const iso = (time: string) => `regexp_replace(to_char(${time}, 'YYYY-MM-DD"T"HH24:MI:SS.US'), '\\.000000$', '')`;
  if (type === 'timestamp without time zone') return iso(column);
  if (type === 'timestamp with time zone') return iso(`${column} at time zone 'UTC'`);
  return `${column}::text`;
}

/** Drops the tables that a conversion kept; gives back their names and how many rows went with them. */
export async function dropLegacyTables(client: pg.Client): Promise<{ table: string; rows: number }[]> {
  await client.query('begin');
  try {
    const dropped: { table: string; rows: number }[] = [];
    for (const table of (await findLegacyTables(client)).reverse()) {
      const { rows } = await client.query<{ rows: number }>(`select count(*)::int4 as rows from public.${table}`);
      await client.query(`drop table public.${table}`);
      dropped.push({ table, rows: rows[0]?.rows ?? 0 });
    }
    await client.query('commit');
    return dropped;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}
