import { existsSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { findServerPostgres, type ServerPostgres, startServerPostgres } from './server-postgres.ts';

export interface Citus {
  coordinator: ServerPostgres;
  workers: ServerPostgres[];
  /** A database with the extension, of which the workers are nodes. */
  connection: { host: string; port: number; user: string; password: string; database: string };
  stop(): Promise<void>;
}

const database = 'on_citus';

/** Whether the PostgreSQL of this machine has Citus. */
export function findCitus(): boolean {
  const major = findServerPostgres()?.major;
  return existsSync(path.join('/usr/share/postgresql', String(major), 'extension', 'citus.control'));
}

/** A throw-away coordinator and two workers. What they have written survives their death, though not that of the machine. */
export async function startCitus(): Promise<Citus> {
  const servers = await Promise.all([startNode(), startNode(), startNode()]);
  const [coordinator, ...workers] = servers;
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    await query(coordinator, `select citus_set_coordinator_host('127.0.0.1', ${coordinator.port})`);
    for (const { port } of workers) await query(coordinator, `select citus_add_node('127.0.0.1', ${port})`);
  } catch (error) {
    await stop();
    throw error;
  }
  const { host, port, user, password } = coordinator;
  return { coordinator, workers, connection: { host, port, user, password, database }, stop };
}

async function startNode(): Promise<ServerPostgres> {
  const server = await startServerPostgres({
    // the nodes log in to each other, and nobody from elsewhere can
    hba: ['local all all trust', 'host all all 127.0.0.1/32 trust'],
    settings: {
      shared_preload_libraries: 'citus',
      'citus.local_hostname': '127.0.0.1',
      'citus.node_conninfo': 'sslmode=disable',
      wal_level: 'logical',
      max_connections: 200,
      max_prepared_transactions: 200,
    },
  });
  await query(server, `create database ${database}`, 'postgres');
  await query(server, 'create extension citus');
  return server;
}

async function query({ host, port, user, password }: ServerPostgres, sql: string, where = database): Promise<void> {
  const client = new pg.Client({ host, port, user, password, database: where });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
