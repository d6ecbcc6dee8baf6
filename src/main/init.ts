import pg from 'pg';
import type { InitReport } from '../cli/actions.ts';
import { GoalAgentError } from '../domain/errors.ts';
import { readWorkspaceState } from '../service/workspace-state.ts';
import { negotiate, type ServerConnection } from '../store/connection.ts';
import { createDatabase } from '../store/create-database.ts';
import { errorCode } from '../store/errors.ts';
import { knownMigrations, migrate } from '../store/migrate.ts';
import { openStore } from '../store/store.ts';
import type { Config } from './config.ts';
import { embeddedDatabase, type Source, sourceOf } from './source.ts';
import { operatorText } from './wire.ts';

const noSuchDatabase = '3D000';
const mayNot = '42501';

/** Creates what is missing and looks at what is there; running it again changes nothing. */
export async function init(config: Config, say: (line: string) => void): Promise<InitReport> {
  const source = sourceOf(config, say);
  try {
    return await initialise(config, source);
  } catch (error) {
    throw new GoalAgentError('configuration', operatorText(error, config), { cause: error });
  } finally {
    await source.leave();
  }
}

async function initialise(config: Config, source: Source): Promise<InitReport> {
  const { database } = config;
  const createdDatabase = database.kind === 'server' && (await createIfMissing(database.connection));
  const connection = await source.connect();
  const ran = await migrate(connection);
  const facts = await readFacts(connection);
  const counts = await readCounts(config, source);
  return {
    ...facts,
    ...counts,
    mode: source.kind,
    where: source.kind === 'embedded' ? facts.dataDirectory : whereIs(connection),
    database: connection.database ?? embeddedDatabase,
    createdDatabase: createdDatabase || (source.kind === 'embedded' && ran.length === (await knownMigrations()).length),
    migrations: ran,
    workspace: config.workspace,
  };
}

async function createIfMissing(connection: ServerConnection): Promise<boolean> {
  try {
    await negotiate(connection);
    return false;
  } catch (error) {
    if (errorCode((error as Error).cause) !== noSuchDatabase) throw error;
  }
  const maintenance = await negotiate({ ...connection, database: 'postgres' });
  try {
    return await createDatabase(maintenance, connection.database);
  } catch (error) {
    if (errorCode(error) !== mayNot) throw error;
    const { host, port, user, database } = connection;
    throw new GoalAgentError(
      'configuration',
      `${user} may not create databases. Let somebody who may run:\n  createdb -h ${host} -p ${port} -U postgres -O ${user} ${database}\nthen run goal-agent init again.`,
    );
  }
}

async function readFacts(connection: pg.ClientConfig) {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string; directory: string; tables: number; indexes: number }>(`
      select current_setting('server_version') as version,
        current_setting('data_directory', true) as directory,
        (select count(*)::int4 from pg_tables where schemaname = 'public') as tables,
        (select count(*)::int4 from pg_indexes where schemaname = 'public') as indexes`);
    const { version = '', directory = '', tables = 0, indexes = 0 } = rows[0] ?? {};
    return { postgresVersion: version, dataDirectory: directory, tables, indexes };
  } finally {
    await client.end();
  }
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
    const { goals, tasks } = await readWorkspaceState({ store, actor: 'init' });
    return { goals, tasks };
  } finally {
    await store.database.close();
  }
}

function whereIs({ host, port }: pg.ClientConfig): string {
  return host?.startsWith('/') ? `${host}/.s.PGSQL.${port}` : `${host}, port ${port}`;
}
