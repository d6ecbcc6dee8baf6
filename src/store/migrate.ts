import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { GoalAgentError } from '../domain/errors.ts';
import { errorCode } from './errors.ts';

/** Beside src/ and beside dist/: this file is two levels below the package in both. */
export const migrationsDirectory = fileURLToPath(new URL('../../migrations', import.meta.url));

const table = 'pgmigrations';
const undefinedTable = '42P01';

/**
 * Brings a database's schema to this program's version, and gives back the names of the migrations that it ran.
 * Any number of processes may do so at once: one works, under a lock, and the others wait for it.
 *
 * @throws GoalAgentError `configuration` when the database is newer than the program: it is not touched.
 */
export async function migrate(connection: pg.ClientConfig): Promise<string[]> {
  const client = new pg.Client({ ...connection, application_name: 'goal-agent migrate' });
  client.on('error', () => {}); // the call that runs then fails by itself
  await client.connect();
  try {
    if ((await pendingMigrations(client)).length === 0) return [];
    // loaded only when there is something to do: it is a large library
    const { runner } = await import('node-pg-migrate');
    const ran = await runner({
      dbClient: client,
      dir: migrationsDirectory,
      migrationsTable: table,
      direction: 'up',
      advisoryLockMode: 'wait',
      log: () => {},
    });
    return ran.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}

/** The names of this program's migrations that the database does not have yet, in order. */
async function pendingMigrations(client: pg.Client): Promise<string[]> {
  const known = await knownMigrations();
  const applied = await appliedMigrations(client);
  const newer = applied.filter((name) => !known.includes(name));
  if (newer.length > 0) {
    throw new GoalAgentError(
      'configuration',
      `This database was upgraded by a newer Goal Agent (it has the migration ${newer.at(-1)}, which this version does not know). It was not touched; install the newer version.`,
    );
  }
  return known.filter((name) => !applied.includes(name));
}

export async function knownMigrations(): Promise<string[]> {
  const files = await readdir(migrationsDirectory);
  return files
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort();
}

async function appliedMigrations(client: pg.Client): Promise<string[]> {
  try {
    const { rows } = await client.query<{ name: string }>(`select name from ${table} order by id`);
    return rows.map((row) => row.name);
  } catch (error) {
    if (errorCode(error) === undefinedTable) return [];
    throw error;
  }
}
