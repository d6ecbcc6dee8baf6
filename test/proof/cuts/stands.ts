import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterFile } from '../../support/after-file.ts';
import { aClient } from '../../support/conversation.ts';
import { aDatabase } from '../../support/database.ts';
import { type Seeded, seed } from '../../support/examples.ts';
import { type MessageWay, openMessageWay } from '../../support/message-way.ts';
import { inThisProcess } from './callers.ts';
import { tablesOf, withKnownNumbers } from './stored.ts';

/** A store that can be put back to what it was, with a way to it on which something can happen. */
export interface Stand {
  sql: pg.Client;
  way: MessageWay;
  /** The store is what it was when it was seeded. */
  putBack(): Promise<void>;
  /** Ends the connections of all others. */
  clear(): Promise<void>;
  /** Ends a process of the server, and waits until it is gone. */
  terminate(backend: number): Promise<void>;
}

/** As many stands as are wanted, cloned from one store that was seeded. They live until the end of the file. */
export async function someStands(count: number): Promise<{ seeded: Seeded; stands: Stand[] }> {
  const { seeded, template } = await aSeededDatabase();
  const stands: Stand[] = [];
  // a database is cloned for one at a time
  for (let n = 0; n < count; n += 1) stands.push(await aStand(template));
  return { seeded, stands };
}

async function aSeededDatabase(): Promise<{ seeded: Seeded; template: string }> {
  const database = await aDatabase();
  const program = await inThisProcess(database);
  await program.start();
  const sql = await aClient(database);
  await withKnownNumbers(sql);
  const seeded = await seed(program.ask);
  await program.stop();
  await sql.query('create schema saved');
  for (const table of await tablesOf(sql)) await sql.query(`create table saved.${table} as table public.${table}`);
  await sql.end();
  return { seeded, template: database.database };
}

async function aStand(template: string): Promise<Stand> {
  const database = await aDatabase({ template });
  const way = await openMessageWay(database);
  afterFile(() => way.close());
  const sql = await aClient(database);
  const toPutBack = await puttingBack(sql);
  return {
    sql,
    way,
    async putBack() {
      await sql.query(toPutBack);
    },
    async clear() {
      way.cut();
      const others = await othersOf(sql);
      await Promise.all(others.map((backend) => terminate(sql, backend)));
    },
    terminate: (backend) => terminate(sql, backend),
  };
}

async function othersOf(sql: pg.Client): Promise<number[]> {
  const { rows } = await sql.query(
    `select pid from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
  );
  return rows.map(({ pid }) => pid);
}

async function terminate(sql: pg.Client, backend: number): Promise<void> {
  await sql.query('select pg_terminate_backend($1)', [backend]);
  // the server's own wait looks only every 100 ms
  while ((await othersOf(sql)).includes(backend)) await sleep(1);
}

/** One packet that empties all tables and fills them again. Leases run on from now. */
async function puttingBack(sql: pg.Client): Promise<string> {
  const tables = await tablesOf(sql);
  return [
    'begin; set local session_replication_role = replica',
    ...tables.map((table) => `delete from ${table}`),
    ...tables.map((table) => `insert into ${table} overriding system value table saved.${table}`),
    `update claims set expires_at = now() + interval '1 hour'`,
    `update resources set expires_at = now() + interval '1 hour'`,
    'commit',
  ].join('; ');
}
