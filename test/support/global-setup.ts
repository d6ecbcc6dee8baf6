import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { joinEmbedded } from '../../src/store/embedded/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';
import { buildIfStale } from './bundle.ts';
import { startCitus } from './citus.ts';
import { startServerPostgres } from './server-postgres.ts';

export interface Address {
  host: string;
  port: number;
  user: string;
  password?: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The server of this run; its database `template` is migrated. */
    postgres: Address;
    /** Whether it is the machine's own PostgreSQL, in place of the embedded one. */
    server: boolean;
    /** The URL of a database of a Citus whose schemas stand for databases; empty otherwise. */
    citus: string;
    /** A folder where a file's name is the process, and its text the directory, of a server to end with the run. */
    servers: string;
  }
}

/** One throw-away server for the whole run, with a migrated template that each test file clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  buildIfStale();
  const provided = project.config.provide as { server?: boolean; citus?: string };
  if (provided.citus !== undefined) return setUpCitus(project, provided.citus);
  project.provide('citus', '');
  const isServer = (project.config.provide as { server?: boolean }).server === true;
  const { address, stop } = isServer ? await startOwnServer() : await startEmbedded();
  const client = new pg.Client({ ...address, database: 'postgres' });
  await client.connect();
  await client.query('create database template');
  await client.end();
  await migrate({ ...address, database: 'template' });
  project.provide('postgres', address);
  const servers = await mkdtemp(path.join(tmpdir(), 'goal-agent-servers-'));
  project.provide('servers', servers);
  return async () => {
    await endServers(servers);
    await stop();
  };
}

/** The Citus of this URL, or one of this run's own where it is empty. */
async function setUpCitus(project: TestProject, url: string): Promise<() => Promise<void>> {
  const own = url === '' ? await startCitus() : undefined;
  const { host, port, user, password, database } = own?.connection ?? {};
  project.provide('citus', own === undefined ? url : `postgres://${user}:${password}@${host}:${port}/${database}`);
  const servers = await mkdtemp(path.join(tmpdir(), 'goal-agent-servers-'));
  project.provide('servers', servers);
  return async () => {
    await endServers(servers);
    await own?.stop();
  };
}

async function endServers(noted: string): Promise<void> {
  for (const pid of await readdir(noted)) {
    const directory = await readFile(path.join(noted, pid), 'utf8');
    try {
      process.kill(Number(pid), 'SIGKILL'); // also when it is stopped (SIGSTOP)
    } catch {} // its test has ended it
    await rm(directory, { recursive: true, force: true });
  }
  await rm(noted, { recursive: true });
}

async function startOwnServer() {
  const server = await startServerPostgres({ settings: { max_connections: 300 } });
  const { host, port, user, password } = server;
  return { address: { host, port, user, password }, stop: () => server.stop() };
}

async function startEmbedded() {
  const home = await mkdtemp(path.join(tmpdir(), 'goal-agent-test-'));
  // these data are thrown away: no need to wait for a disk
  const server = await joinEmbedded({ home, say: () => {}, settings: { fsync: 'off', max_connections: '300' } });
  const { host, port, user } = server;
  return {
    address: { host, port, user },
    async stop() {
      await server.leave();
      await rm(home, { recursive: true, force: true });
    },
  };
}
