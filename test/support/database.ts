import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { PoolCall } from '../../src/service/call.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openStore, type Store, type StoreOptions } from '../../src/store/store.ts';
import { afterFile } from './after-file.ts';

/** A database of this file's own, cloned from the migrated template (or another, or empty), and dropped after the file. */
export async function aDatabase({
  empty = false,
  template = 'template',
} = {}): Promise<pg.ClientConfig & { host: string; port: number; database: string }> {
  if (inject('citus') !== '') return aCitusSchema(empty);
  const address = inject('postgres');
  const name = `t_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name}${empty ? '' : ` template ${template}`}`);
  afterFile(() => administer(`drop database ${name} with (force)`));
  return { ...address, database: name };
}

/** A schema of this file's own, distributed, in the database of a Citus. */
async function aCitusSchema(empty: boolean) {
  const { hostname, port, username, password, pathname } = new URL(inject('citus'));
  const address = {
    host: hostname,
    port: Number(port),
    user: decodeURIComponent(username),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    database: decodeURIComponent(pathname.slice(1)),
  };
  const name = `t_${randomBytes(6).toString('hex')}`;
  const connection = { ...address, options: `-c search_path=${name} -c citus.shard_count=2` };
  const run = async (sql: string) => {
    const client = new pg.Client(connection);
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await run(`create schema ${name}`);
  afterFile(() => run(`drop schema ${name} cascade`));
  if (empty) return connection;
  await migrate(connection);
  await run(`select create_reference_table('workspaces')`);
  await migrate(connection);
  return connection;
}

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ ...inject('postgres'), database: 'postgres' });
  await client.connect();
  try {
    // two files may clone the template in the same moment, and a clone wants it for itself
    for (let attempt = 0; ; attempt += 1) {
      try {
        await client.query(sql);
        return;
      } catch (error) {
        if ((error as pg.DatabaseError).code !== '55006' || attempt > 200) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  } finally {
    await client.end();
  }
}

export async function aStore(connection: pg.ClientConfig, options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore({
    connect: async () => connection,
    workspace: 'default',
    poolSize: 5,
    maxOverflow: 10,
    timeoutMs: 30_000,
    prepared: true,
    warn: () => {},
    ...options,
  });
  afterFile(() => store.database.close());
  return store;
}

/** Calls of these actors, each with pools like those of a process of its own, on one database. */
export async function callsOf<const A extends readonly string[]>(
  ...actors: A
): Promise<{ calls: { -readonly [K in keyof A]: PoolCall }; sql: pg.Client; connection: pg.ClientConfig }> {
  const { call: first, sql, connection } = await aCall();
  const calls = await Promise.all(
    actors.map(async (actor, n) => ({ store: n === 0 ? first.store : await aStore(connection), actor })),
  );
  return { calls: calls as { -readonly [K in keyof A]: PoolCall }, sql, connection };
}

/** A call of the service on a database of its own, and a raw client to look behind it. */
export async function aCall(): Promise<{ call: PoolCall; sql: pg.Client; connection: pg.ClientConfig }> {
  const connection = await aDatabase();
  const store = await aStore(connection);
  const sql = new pg.Client(connection);
  sql.on('error', () => {});
  await sql.connect();
  afterFile(() => sql.end());
  return { call: { store, actor: 'tester' }, sql, connection };
}
