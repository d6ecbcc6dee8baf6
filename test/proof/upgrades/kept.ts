import type pg from 'pg';
import { expect } from 'vitest';
import type { Release } from './released.ts';

/** Each row of each table, as its columns of that time have it. */
type Rows = Record<string, { columns: string[]; rows: string[] }>;

/** Looks at what is there before an upgrade, and gives back what checks that all of it is there afterwards. */
export async function keeping(release: Release, sql: pg.Client): Promise<() => Promise<void>> {
  if (release.keeps === 'goals') return () => expectTakenOver(sql);
  const before = await readRows(sql, release);
  expect(Object.keys(before)).toContain('tasks');
  return () => expectKept(sql, before);
}

async function readRows(sql: pg.Client, { moved }: Release): Promise<Rows> {
  const { rows: found } = await sql.query<{ name: string; columns: string[] }>(`
    select table_name as name, array_agg(column_name::text order by ordinal_position) as columns
    from information_schema.columns
    where table_schema = 'public' and table_name <> 'goal_agent_migrations'
    group by table_name`);
  const rows: Rows = {};
  for (const { name, columns } of found) {
    const kept = columns.filter((column) => moved?.test(`${name}.${column}`) !== true);
    if (kept.length > 0) rows[name] = { columns: kept, rows: await readTable(sql, name, kept) };
  }
  return rows;
}

/** Every row of before is there, with the same values; a counter of a new kind may have come beside the others. */
async function expectKept(sql: pg.Client, before: Rows): Promise<void> {
  for (const [table, { columns, rows }] of Object.entries(before)) {
    const now = await readTable(sql, table, columns);
    const isNewCounter = (row: string) => table === 'counters' && row.includes('resource') && !rows.includes(row);
    expect(
      now.filter((row) => !isNewCounter(row)),
      table,
    ).toEqual(rows);
  }
}

async function readTable(sql: pg.Client, table: string, columns: string[]): Promise<string[]> {
  const list = columns.map((column) => `t.${column}`).join(', ');
  const { rows } = await sql.query(`select row(${list})::text as row from public.${table} t order by 1`);
  return rows.map(({ row }) => row);
}

/** The goals and tasks that came from elsewhere: 8 and 31, as in the fixtures, with their edges and their results. */
async function expectTakenOver(sql: pg.Client): Promise<void> {
  const { rows } = await sql.query(`
    select (select count(*)::int4 from goals) as goals, (select count(*)::int4 from tasks) as tasks,
      (select count(*)::int4 from task_dependencies) as dependencies, (select count(*)::int4 from imports) as imports,
      (select count(*)::int4 from events where action = 'created') as created,
      (select result from tasks where id = 'TASK-0028') as result,
      (select next::int4 from counters where kind = 'task') as next_task`);
  expect(rows).toEqual([
    { goals: 8, tasks: 31, dependencies: 23, imports: 1, created: 39, result: 'token bucket wins', next_task: 33 },
  ]);
}
