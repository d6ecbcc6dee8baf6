import type pg from 'pg';

/** All that a database holds, in words that two of them have in common: a table's rows, each as text. */
export type Stored = Record<string, string[]>;

/** Where each kind of number that may have gaps begins, so that it is known wherever it stands: seven digits, the first of which is the kind. */
const firstNumbers = { history: 1_000_000, goal: 2_000_000, task: 3_000_000, note: 4_000_000, resource: 5_000_000 };
const numbers = /(?<!\w)[1-5]\d{6}(?!\w)/g;

/** Has all numbers of a database without anything in it begin where `storedIn` knows them. */
export async function withKnownNumbers(sql: pg.Client): Promise<void> {
  const { history, ...counted } = firstNumbers;
  await sql.query(`select setval('history_numbers', $1)`, [history]);
  for (const [kind, next] of Object.entries(counted))
    await sql.query('update counters set next = $2 where kind = $1', [kind, next]);
}

/**
 * What a database holds, and how an answer of the same moment reads: times and tokens are hidden, and a number that may have
 * gaps is its place among those of its kind.
 */
export async function storedIn(sql: pg.Client): Promise<{ stored: Stored; hidden(answer: string): string }> {
  // where a search for ready work begins moves now and then; that it is not too late is an invariant
  const tables = (await tablesOf(sql)).filter((table) => table !== 'ready_starts');
  const each = tables.map((table) => `select '${table}' as name, to_jsonb(t)::text as row from ${table} t`);
  const { rows } = await sql.query<{ name: string; row: string }>(each.join(' union all '));
  const places = placesOf(rows.map(({ row }) => row));
  const hidden = (text: string) =>
    text
      .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00(?::00)?)/g, '<time>')
      .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
      .replaceAll(numbers, (number) => places.get(number) ?? '<gap>');
  const stored = Object.fromEntries(tables.map((table) => [table, [] as string[]]));
  for (const { name, row } of rows) stored[name]?.push(hidden(row));
  for (const table of tables) stored[table]?.sort();
  return { stored, hidden };
}

/** Tables in which something differs, with the rows that only one of the two has. */
export function differences(are: Stored, should: Stored): string[] {
  return Object.keys({ ...are, ...should }).flatMap((table) => {
    const [left = [], right = []] = [are[table], should[table]];
    return [
      ...withoutThose(left, right).map((row) => `${table} has ${row}`),
      ...withoutThose(right, left).map((row) => `${table} lacks ${row}`),
    ];
  });
}

function withoutThose(rows: string[], others: string[]): string[] {
  const rest = [...others];
  return rows.filter((row) => {
    const place = rest.indexOf(row);
    if (place >= 0) rest.splice(place, 1);
    return place < 0;
  });
}

/** Those that hold rows of the program's. */
export async function tablesOf(sql: pg.Client): Promise<string[]> {
  const { rows } = await sql.query(
    `select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'goal_agent_migrations' order by tablename`,
  );
  return rows.map(({ name }) => name);
}

/** `#2.3` for the third number of the second kind. */
function placesOf(texts: string[]): Map<string, string> {
  const found = new Set(texts.flatMap((text) => text.match(numbers) ?? []));
  const places = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const number of [...found].toSorted()) {
    const [kind = ''] = number;
    const place = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, place);
    places.set(number, `#${kind}.${place}`);
  }
  return places;
}
