import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { GoalAgentError } from '../domain/errors.ts';
import { runCommands } from './commands.ts';
import { distribute, isDistributed, undistributedTables } from './distribution.ts';
import { fillWords } from './fill-words.ts';
import type { SchemaFunction } from './function.ts';
import { functions } from './functions/index.ts';
import { conversion, convertOlder, isOlder } from './older.ts';
import { findPythonTables } from './python-tables.ts';
import { runOnSession } from './run-on.ts';
import { type Session, withSession } from './session.ts';

/** Beside src/ and beside dist/: this file is two levels below the package in both. */
export const migrationsDirectory = fileURLToPath(new URL('../../migrations', import.meta.url));

// a name of its own: another program in this database may use the same library
const table = 'goal_agent_migrations';

/**
 * Brings a database's schema to this program's version, and gives back the names of the migrations that it ran; the first
 * is that of the conversion where the database was an older one.
 * Any number of processes may do so at once: one works, under a lock, and the others wait for it.
 *
 * @throws GoalAgentError `configuration` when the database is newer than the program, or holds tables of others that
 *   nobody said to keep ours `besideOthers`: it is not touched.
 */
export async function migrate(connection: pg.ClientConfig, { besideOthers = false } = {}): Promise<string[]> {
  return withSession({ ...connection, application_name: 'goal-agent migrate' }, (session) =>
    session.transaction(async () => {
      if ((await pendingMigrations(session)).length === 0) {
        await fitToServer(session);
        return [];
      }
      await refuseTakenNames(session);
      if (!besideOthers) await refuseOtherTables(session);
      await refuseMissingPrivilege(session);
      return migrateWithin(session);
    }),
  );
}

/**
 * For one who may not write.
 *
 * @throws GoalAgentError `configuration` when the database is not of this version.
 */
export async function refuseOlder(connection: pg.ClientConfig): Promise<void> {
  const needs = { timeoutMs: 0, readOnly: true };
  const pending = await withSession(
    connection,
    (session) => session.transaction(() => pendingMigrations(session), { reads: true }),
    needs,
  );
  if (pending.length === 0) return;
  throw new GoalAgentError(
    'configuration',
    'This database is empty or of an older version, and GOAL_AGENT_READ_ONLY keeps this server from changing it. Run goal-agent init, and start again.',
  );
}

/**
 * Does the same inside a transaction that is open on `session`, which then decides about all of it. The transaction also
 * holds the lock, to its end: a lock of a session would stay behind in a pooler.
 */
export async function migrateWithin(session: Session): Promise<string[]> {
  await lockMigrations(session);
  const { runner } = await import('node-pg-migrate');
  const converts = isOlder(await appliedMigrations(session));
  if (converts) await convertOlder(session, migrationsDirectory);
  // with one transaction for all, the library's own statements for it are these three; ours is open already
  const dbClient = {
    query: async (text: string) =>
      /^(?:BEGIN|COMMIT|ROLLBACK)$/.test(text) ? { rows: [] } : runCommands(session, text),
  };
  const ran = await runner({
    dbClient: dbClient as unknown as pg.Client,
    dir: migrationsDirectory,
    migrationsTable: table,
    migrationsSchema: session.schema,
    direction: 'up',
    singleTransaction: true,
    noLock: true,
    log: () => {},
  });
  if (converts) await fillWords(runOnSession(session));
  await fitToServer(session);
  return [...(converts ? [conversion] : []), ...ran.map((migration) => migration.name)];
}

/** Waits for whoever migrates this database, and keeps others from it until the transaction ends. */
export async function lockMigrations(session: Session): Promise<void> {
  // loaded only when there is something to do: it is a large library
  const { PG_MIGRATE_LOCK_ID } = await import('node-pg-migrate');
  await session.query(`select pg_advisory_xact_lock(${PG_MIGRATE_LOCK_ID})`);
}

/**
 * Makes what the schema needs on this server and does not have yet, in the transaction that is open: the functions of
 * this version and, where an operator has a Citus distribute the tables, the distribution of new ones. The names of two
 * versions of a function differ, so nothing of another program that runs beside this one is replaced.
 */
async function fitToServer(session: Session): Promise<void> {
  const missing = await findMissing(session);
  if (missing.tables.length === 0 && missing.functions.length === 0) return;
  await refuseMissingPrivilege(session);
  // of two that make the same thing at the same moment the second finds it
  await session.query(`select pg_advisory_xact_lock(hashtext('${table}'))`);
  const { isSharded, tables, functions: toMake } = await findMissing(session);
  if (tables.length > 0) await distribute(session, tables);
  for (const { definition, shardedDefinition } of toMake) {
    await session.query(isSharded ? shardedDefinition : definition);
  }
}

async function findMissing(session: Session) {
  const isSharded = await isDistributed(session);
  const tables = isSharded ? await undistributedTables(session) : [];
  return { isSharded, tables, functions: await missingFunctions(session, isSharded) };
}

/** Functions that are not there; on distributed tables also those that were made before the tables were distributed. */
async function missingFunctions(session: Session, isSharded: boolean): Promise<SchemaFunction[]> {
  const { rows } = await session.query<{ name: string }>(
    `select proname as name
     from pg_proc
     where pronamespace = current_schema()::regnamespace and proname = any($1) and not ($2 and proconfig is not null)`,
    [functions.map(({ name }) => name), isSharded],
  );
  const present = new Set(rows.map(({ name }) => name));
  return functions.filter(({ name }) => !present.has(name));
}

/**
 * Asks before the work begins: the library tells of a refusal in words only, with no SQLSTATE.
 *
 * @throws GoalAgentError `configuration` where this user may not make tables.
 */
async function refuseMissingPrivilege(session: Session): Promise<void> {
  const { schema } = session;
  const { rows } = await session.query<{ user: string; may: boolean }>(
    `select current_user as user, has_schema_privilege(current_schema(), 'create') as may`,
  );
  const { user = '', may } = rows[0] ?? {};
  if (may) return;
  throw new GoalAgentError(
    'configuration',
    `The database user ${user} may not create tables in the schema ${schema}. Let an administrator of that database run: grant usage, create on schema ${session.escapeIdentifier(schema)} to ${session.escapeIdentifier(user)}; and start again. Nothing was changed.`,
  );
}

/** @throws GoalAgentError `configuration` where the names of our tables are taken. */
async function refuseTakenNames(session: Session): Promise<void> {
  const found = await findPythonTables(session);
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
async function refuseOtherTables(session: Session): Promise<void> {
  await refuseTablesElsewhere(session);
  const { rows } = await session.query<{ count: number }>(
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

/**
 * Somebody made a schema that comes before the one with our tables: new ones would be an empty store without a word.
 *
 * @throws GoalAgentError `configuration` where a later schema of the search_path has our tables.
 */
async function refuseTablesElsewhere(session: Session): Promise<void> {
  const { rows } = await session.query<{ schema: string }>(
    `select schema from unnest($1::text[]) as s (schema) where to_regclass(format('%I.${table}', schema)) is not null`,
    [session.path.slice(1)],
  );
  const [elsewhere] = rows;
  if (elsewhere === undefined) return;
  const { schema } = session;
  throw new GoalAgentError(
    'configuration',
    `The goals of this database are in the schema ${elsewhere.schema}, and the search_path begins with ${schema}. To use them, let the search_path of the database user begin with ${elsewhere.schema}; to keep others in ${schema}, run goal-agent init once. Nothing was changed.`,
  );
}

/** The names of this program's migrations that the database does not have yet, in order. */
export async function pendingMigrations(session: Session): Promise<string[]> {
  const known = await knownMigrations();
  const applied = await appliedMigrations(session);
  if (isOlder(applied)) return [conversion, ...known];
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

async function appliedMigrations(session: Session): Promise<string[]> {
  const { rows } = await session.query<{ there: boolean }>(`select to_regclass('${table}') is not null as there`);
  if (!rows[0]?.there) return [];
  const { rows: applied } = await session.query<{ name: string }>(`select name from ${table} order by id`);
  return applied.map(({ name }) => name);
}
