import type pg from 'pg';
import type { InitReport } from '../cli/actions.ts';
import { progressLine } from '../cli/progress.ts';
import { GoalAgentError } from '../domain/errors.ts';
import { readWholeWorkspaceState } from '../service/workspace-state.ts';
import { negotiate, type ServerConnection } from '../store/connection.ts';
import { createDatabase } from '../store/create-database.ts';
import { errorCode } from '../store/errors.ts';
import { knownMigrations, migrate } from '../store/migrate.ts';
import { withSession } from '../store/session.ts';
import { openStore } from '../store/store.ts';
import type { Config } from './config.ts';
import { embeddedDatabase, type Source, sourceOf } from './opening/database-source.ts';
import { operatorText } from './opening/server-store.ts';
import { takeOver } from './opening/take-over-v2.ts';

const noSuchDatabase = '3D000';
const mayNot = '42501';
const poolerPatienceMs = 16_000;

/** Creates the missing parts and checks the others; running it again changes nothing. */
export async function init(config: Config, say: (line: string) => void): Promise<InitReport> {
  const source = sourceOf(config, say);
  try {
    return await initialise(config, source, say);
  } catch (error) {
    throw new GoalAgentError('configuration', operatorText(error, config), { cause: error });
  } finally {
    await source.leave();
  }
}

async function initialise(config: Config, source: Source, say: (line: string) => void): Promise<InitReport> {
  const { database } = config;
  const createdDatabase = database.kind === 'server' && (await createIfMissing(database.connection));
  const connection = await source.connect();
  const ran = (await convertOldTables(connection, config, say)) ?? (await migrate(connection, { besideOthers: true }));
  for (const { lines, problem } of await takeOver(config, source)) for (const line of lines ?? [problem]) say(line);
  const facts = await readFacts(connection);
  const counts = await readCounts(config, source);
  return {
    ...facts,
    ...counts,
    mode: source.kind,
    where: source.where(),
    database: connection.database ?? embeddedDatabase,
    createdDatabase: createdDatabase || (source.kind === 'embedded' && ran[0] === (await knownMigrations())[0]),
    migrations: ran,
    workspace: config.workspace,
    chosenBy: config.told.databaseFrom,
    clientEnv: config.told.clientEnv,
  };
}

/** Converts the tables of the Python v3.0, where there are any; gives back the migrations that ran with it. */
async function convertOldTables(
  connection: pg.ClientConfig,
  { workspace }: Config,
  say: (line: string) => void,
): Promise<string[] | undefined> {
  const { convertPythonTables } = await import('../legacy/python/convert.ts');
  const { describeReport } = await import('../legacy/describe-report.ts');
  const progress = progressLine('converting');
  const conversion = await convertPythonTables(connection, { workspace, onProgress: progress.show }).finally(
    progress.end,
  );
  if (conversion === undefined) return undefined;
  for (const line of describeReport(conversion.report)) say(line);
  say('The old tables are kept as legacy_goals and legacy_tasks; goal-agent import drop-legacy removes them.');
  return conversion.migrations;
}

async function createIfMissing(connection: ServerConnection): Promise<boolean> {
  try {
    await logIn(connection);
    return false;
  } catch (error) {
    if (causeCode(error) !== noSuchDatabase) throw error;
    const created = await create(connection, error);
    await logIn(connection);
    return created;
  }
}

/** A pooler that met a missing database lets every login wait for the next 15 seconds. */
async function logIn(connection: ServerConnection): Promise<void> {
  const deadline = Date.now() + poolerPatienceMs;
  for (;;) {
    try {
      await negotiate(connection);
      return;
    } catch (error) {
      if (causeCode(error) !== 'ETIMEDOUT' || Date.now() > deadline) throw error;
    }
  }
}

function causeCode(error: unknown): string | undefined {
  return errorCode((error as Error).cause);
}

async function create(connection: ServerConnection, missing: unknown): Promise<boolean> {
  // a pooler, or the server's own rules, may not let us there
  const maintenance = await negotiate({ ...connection, database: 'postgres' }).catch(() => {
    throw missing;
  });
  try {
    return await createDatabase(maintenance, connection.database);
  } catch (error) {
    if (errorCode(error) !== mayNot) throw error;
    const { host, port, user, database } = connection;
    throw new GoalAgentError(
      'configuration',
      `${user} may not create databases. Ask an administrator to run:\n  createdb -h ${host} -p ${port} -U postgres -O ${user} ${database}\nthen run goal-agent init again.`,
    );
  }
}

async function readFacts(connection: pg.ClientConfig) {
  return withSession(connection, async (session) => {
    const { rows } = await session.query<{ version: string; tables: number; indexes: number }>(
      `select current_setting('server_version') as version,
        (select count(*)::int4 from pg_tables where schemaname = $1 and tablename <> 'goal_agent_migrations') as tables,
        (select count(*)::int4 from pg_indexes where schemaname = $1 and tablename <> 'goal_agent_migrations') as indexes`,
      [session.schema],
    );
    const { version = '', tables = 0, indexes = 0 } = rows[0] ?? {};
    return { postgresVersion: version, tables, indexes };
  });
}

async function readCounts(config: Config, source: Source) {
  const store = await openStore({
    connect: source.connect,
    workspace: config.workspace,
    poolSize: 1,
    maxOverflow: 0,
    timeoutMs: config.timeoutMs,
    prepared: config.prepared,
    warn: () => {},
  });
  try {
    const { goals, tasks } = await readWholeWorkspaceState({ store, actor: 'init' });
    return { goals, tasks };
  } finally {
    await store.database.close();
  }
}
