import type { Session } from './session.ts';

/** What `goals` in our schema is: not there or ours, the table of the Python v3.0, or somebody else's. */
export type FoundTables = 'none' | 'python' | 'foreign';

const legacyTables = ['legacy_goals', 'legacy_tasks'];

/** Looks at the columns: the Python v3.0 had no workspaces, and no list of the migrations that it ran. */
export async function findPythonTables(session: Session): Promise<FoundTables> {
  const { rows } = await session.query<{ goals: string[] | null; tasks: string[] | null }>(`
    select
      (select array_agg(attname::text) from pg_attribute where attrelid = to_regclass('goals') and attnum > 0 and not attisdropped) as goals,
      (select array_agg(attname::text) from pg_attribute where attrelid = to_regclass('tasks') and attnum > 0 and not attisdropped) as tasks`);
  const { goals, tasks } = rows[0] ?? {};
  if (goals?.includes('workspace_id') || (!goals && !tasks)) return 'none';
  const has = (columns: string[] | null | undefined, names: string[]) => names.every((name) => columns?.includes(name));
  const isPython =
    has(goals, ['id', 'description', 'priority', 'status', 'repos', 'created_at', 'updated_at']) &&
    has(tasks, ['id', 'goal_id', 'description', 'status', 'dependencies', 'created_at', 'updated_at']);
  return isPython ? 'python' : 'foreign';
}

/** The tables that an earlier conversion kept, those that are still there. */
export async function findLegacyTables(session: Session): Promise<string[]> {
  const { rows } = await session.query<{ name: string }>(
    `select name from unnest($1::text[]) as n (name) where to_regclass(name) is not null order by name`,
    [legacyTables],
  );
  return rows.map((row) => row.name);
}

/**
 * Renames the Python v3.0 tables to `legacy_goals` and `legacy_tasks`, with their constraints and indexes, whose names
 * the new tables want. Nobody writes to them from the moment of the lock to the end of the transaction.
 */
export async function setPythonTablesAside(session: Session): Promise<void> {
  await session.query('lock table goals, tasks in access exclusive mode');
  const { rows } = await session.query<{ ddl: string }>(`
    with aside as (
      select oid, relname from pg_class where oid in ('goals'::regclass, 'tasks'::regclass)
    ),
    named as (
      select a.relname, k.conname as name, k.conindid as index
      from aside a
      join pg_constraint k on k.conrelid = a.oid and k.contype <> 'n'
    )
    select format('alter table %I rename constraint %I to %I', n.relname, n.name, left('legacy_' || n.name, 63)) as ddl
    from named n
    union all
    select format('alter index %I rename to %I', x.relname, left('legacy_' || x.relname, 63))
    from aside a
    join pg_index i on i.indrelid = a.oid
    join pg_class x on x.oid = i.indexrelid
    where not exists (select from pg_constraint k where k.conindid = x.oid and k.conrelid = a.oid)`);
  for (const { ddl } of rows) await session.query(ddl);
  await session.query('alter table goals rename to legacy_goals');
  await session.query('alter table tasks rename to legacy_tasks');
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
export async function readLegacyTable(session: Session, table: 'legacy_goals' | 'legacy_tasks'): Promise<LegacyTable> {
  const { rows: columns } = await session.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, null) as type
     from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  const list = columns.map(
    ({ name, type }) => `${expression(session.escapeIdentifier(name), type)} as ${session.escapeIdentifier(name)}`,
  );
  const { rows } = await session.query<TextRow>(`select ${list.join(', ')} from ${table} order by id`);
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
export async function dropLegacyTables(session: Session): Promise<{ table: string; rows: number }[]> {
  return session.transaction(async () => {
    const dropped: { table: string; rows: number }[] = [];
    for (const table of (await findLegacyTables(session)).reverse()) {
      const { rows } = await session.query<{ rows: number }>(`select count(*)::int4 as rows from ${table}`);
      await session.query(`drop table ${table}`);
      dropped.push({ table, rows: rows[0]?.rows ?? 0 });
    }
    return dropped;
  });
}
