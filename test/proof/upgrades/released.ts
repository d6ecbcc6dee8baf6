import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { blockOf, type SearchedTexts, searchWords } from '../../../src/domain/search-words.ts';
import { knownMigrations, migrationsDirectory } from '../../../src/store/migrate.ts';
import { aDatabase } from '../../support/database.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');

export type Database = Awaited<ReturnType<typeof aDatabase>>;

/** What users have, and what the newest program has to take over. */
export interface Release {
  name: string;
  /** Fills an empty database with what is there in the release. */
  fill(sql: pg.Client): Promise<void>;
  /** Where its files are. */
  env: Record<string, string>;
  /** `goals`: its rows are read as goals and tasks of another form. `rows`: they stay where they are. */
  keeps: 'goals' | 'rows';
  /** Tables and columns whose rows the newest schema has in another place: test/store/older.test.ts looks there. */
  moved?: RegExp;
}

const known = await knownMigrations();

/** Every release: v2's files beside an empty database, the Python v3.0, the schema of seven migrations, and each schema since. */
export const releases: Release[] = [
  { name: 'v2 files', fill: async () => {}, env: { GOAL_AGENT_V2_DIR: path.join(fixtures, 'v2') }, keeps: 'goals' },
  { name: 'Python v3.0', fill: fillPython, env: {}, keeps: 'goals' },
  {
    name: 'seven migrations',
    fill: fillSeven,
    env: {},
    keeps: 'rows',
    moved: /^(requests|events|counters)\.|^tasks\.(claimed_by|lease_expires_at)$/,
  },
  ...known.map(
    (name, n): Release => ({
      name,
      fill: (sql) => fillSchema(sql, known.slice(0, n + 1)),
      env: {},
      keeps: 'rows',
    }),
  ),
];

/** A database as this release left it. No client is left on it: it can be cloned. */
export async function aReleased({ fill }: Release): Promise<Database> {
  const connection = await aDatabase({ empty: true });
  const sql = new pg.Client(connection);
  await sql.connect();
  try {
    await fill(sql);
  } finally {
    await sql.end();
  }
  return connection;
}

/** Gives `work` a copy of a released database, which is gone afterwards. */
export async function withCopy<T>(
  released: Database,
  work: (sql: pg.Client, copy: Database) => Promise<T>,
): Promise<T> {
  const server = new pg.Client({ ...released, database: 'postgres' });
  await server.connect();
  const copy = { ...released, database: `copy_of_${released.database}` };
  const sql = new pg.Client(copy);
  sql.on('error', () => {}); // it ends with its database
  try {
    await server.query(`create database ${copy.database} template ${released.database}`);
    await sql.connect();
    return await work(sql, copy);
  } finally {
    await server.query(`drop database ${copy.database} with (force)`);
    await server.end();
  }
}

async function fillPython(sql: pg.Client): Promise<void> {
  await sql.query(await readFile(path.join(fixtures, 'v3-python/mcp_goals.sql'), 'utf8'));
}

async function fillSeven(sql: pg.Client): Promise<void> {
  await runMigrations(sql, path.join(fixtures, 'older/migrations'));
  await sql.query(await readFile(path.join(fixtures, 'older/rows.sql'), 'utf8'));
}

/** Each migration, and behind it rows of its time: a later migration meets the rows of all before it. */
async function fillSchema(sql: pg.Client, names: string[]): Promise<void> {
  for (const name of names) {
    await runMigrations(sql, migrationsDirectory, 1);
    await sql.query(await readFile(path.join(fixtures, 'released', `${name}.sql`), 'utf8'));
  }
  await fillWords(sql, names.includes('0006_criteria'));
}

async function runMigrations(sql: pg.Client, dir: string, count = Number.POSITIVE_INFINITY): Promise<void> {
  const migrationsTable = 'goal_agent_migrations';
  await runner({ dbClient: sql, dir, count, migrationsTable, direction: 'up', log: () => {} });
}

interface Searched {
  table: 'goal_words' | 'task_words' | 'note_words';
  key: string;
  rows: string;
}

/** Every release since the seven migrations has written the words of its rows itself. */
async function fillWords(sql: pg.Client, hasCriteria: boolean): Promise<void> {
  const criteria = hasCriteria ? `|| array(select c ->> 'text' from jsonb_array_elements(criteria) as c)` : '';
  const searched: Searched[] = [
    { table: 'goal_words', key: 'goal_id', rows: 'select *, repos as repo from goals' },
    {
      table: 'task_words',
      key: 'task_id',
      rows: `select *, array_remove(array[repo], null) ${criteria} as repo from tasks`,
    },
    { table: 'note_words', key: 'note_id', rows: 'select *, id as number, text as description from notes' },
  ];
  for (const { table, key, rows } of searched) {
    const found = await sql.query<SearchedTexts & { workspace_id: string; id: string; number: string }>(rows);
    for (const { workspace_id: workspace, id, number, ...texts } of found.rows) {
      const words = searchWords({ workspaceId: Number(workspace), number: Number(number) }, texts);
      await sql.query(`insert into ${table} (workspace_id, ${key}, block, words) values ($1, $2, $3, $4)`, [
        workspace,
        id,
        blockOf(Number(number)),
        words,
      ]);
    }
  }
}
