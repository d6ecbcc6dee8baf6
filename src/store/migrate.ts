import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { GoalAgentError } from '../domain/errors.ts';
import { errorCode } from './errors.ts';
import { findPythonTables } from './python-tables.ts';

/** Beside src/ and beside dist/: this file is two levels below the package in both. */
export const migrationsDirectory = fileURLToPath(new URL('../../migrations', import.meta.url));

// a name of its own: another program in this database may use the same library
const table = 'goal_agent_migrations';
const undefinedTable = '42P01';

/**
 * Brings a database's schema to this program's version, and gives back the names of the migrations that it ran.
 * Any number of processes may do so at once: one works, under a lock, and the others wait for it.
 *
 * @throws GoalAgentError `configuration` when the database is newer than the program, or holds tables of others that
 *   nobody said to keep ours `besideOthers`: it is not touched.
 */
export async function migrate(connection: pg.ClientConfig, { besideOthers = false } = {}): Promise<string[]> {
  const client = new pg.Client({ ...connection, application_name: 'goal-agent migrate' });
  client.on('error', () => {}); // the call that runs then fails by itself
  await client.connect();
  try {
    if ((await pendingMigrations(client)).length === 0) return [];
    await refuseTakenNames(client);
    if (!besideOthers) await refuseOtherTables(client);
    await refuseMissingPrivilege(client);
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

/**
 * For one who may not write.
 *
 * @throws GoalAgentError `configuration` when the database is not of this version.
 */
export async function refuseOlder(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client({ ...connection, application_name: 'goal-agent' });
  client.on('error', () => {}); // the call that runs then fails by itself
  await client.connect();
  try {
    if ((await pendingMigrations(client)).length === 0) return;
  } finally {
    await client.end();
  }
  throw new GoalAgentError(
    'configuration',
    'This database is empty or of an older version, and GOAL_AGENT_READ_ONLY keeps this server from changing it. Run goal-agent init, and start again.',
  );
}

/**
 * Does the same inside a transaction that is open on `client`, which then decides about all of it. The transaction also
 * holds the lock, to its end.
 */
export async function migrateWithin(client: pg.Client): Promise<string[]> {
  const { runner, PG_MIGRATE_LOCK_ID } = await import('node-pg-migrate');
  await client.query(`select pg_advisory_xact_lock(${PG_MIGRATE_LOCK_ID})`);
  // with one transaction for all, the library's own statements for it are these three; ours is open already
  const dbClient = {
    query: (text: string, ...rest: unknown[]) =>
      /^(?:BEGIN|COMMIT|ROLLBACK)$/.test(text) ? Promise.resolve({ rows: [] }) : client.query(text, ...(rest as [])),
  };
  const ran = await runner({
    dbClient: dbClient as unknown as pg.Client,
    dir: migrationsDirectory,
    migrationsTable: table,
    direction: 'up',
    singleTransaction: true,
    noLock: true,
    log: () => {},
  });
  return ran.map((migration) => migration.name);
}

/**
 * Asks before the work begins: the library tells of a refusal in words only, with no SQLSTATE.
 *
 * @throws GoalAgentError `configuration` where this user may not make tables.
 */
async function refuseMissingPrivilege(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ user: string; schema: string | null; may: boolean | null }>(
    `select current_user as user, current_schema() as schema, has_schema_privilege(current_schema(), 'create') as may`,
  );
  const { user = '', schema, may } = rows[0] ?? {};
  if (may === true) return;
  throw new GoalAgentError(
    'configuration',
    `The database user ${user} may not create tables in the schema ${schema ?? 'public'}. Let an administrator of that database run: grant usage, create on schema ${schema ?? 'public'} to ${client.escapeIdentifier(user)}; and start again. Nothing was changed.`,
  );
}

/** @throws GoalAgentError `configuration` where the names of our tables are taken. */
async function refuseTakenNames(client: pg.Client): Promise<void> {
  const found = await findPythonTables(client);
  if (found === 'python') {
    throw new GoalAgentError(
      'configuration',
      'This database holds the goals and tasks of the Python v3.0. Stop that server and run goal-agent init: it converts them in one transaction and keeps the old tables. Nothing was changed.',
    );
  }
  if (found === 'foreign') {
    throw new GoalAgentError(
      'configuration',
      'This database has tables named goals or tasks that are not of Goal Agent. Use a database of its own for it: set POSTGRES_DB. Nothing was changed.',
    );
  }
}

/**
 * The env file of a project may name that project's own database, whose owner expects no tables of ours in it.
 *
 * @throws GoalAgentError `configuration` where others have tables and we have none yet.
 */
async function refuseOtherTables(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int4 as count
     from pg_class c
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'f')
       and to_regclass('${table}') is null
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`,
  );
  const count = rows[0]?.count ?? 0;
  if (count === 0) return;
  throw new GoalAgentError(
    'configuration',
    `This database holds ${count === 1 ? 'a table' : `${count} tables`} of other programs, and none of Goal Agent. To keep goals beside them, run goal-agent init once; to keep them elsewhere, set POSTGRES_DB or GOAL_AGENT_DATABASE_URL. Nothing was changed.`,
  );
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
