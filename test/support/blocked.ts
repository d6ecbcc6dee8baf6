import pg from 'pg';
import { expect, onTestFinished } from 'vitest';

/** A lock on a table, and what runs into it. */
export interface Lock {
  /** Waits until as many statements of the program wait for a lock. */
  untilBlocked(count?: number): Promise<void>;
  /** Waits until no statement of the program runs any more. */
  untilIdle(): Promise<void>;
  /** Ends the program's connections that wait for a lock, as an administrator would, and waits until they are gone. */
  terminateBlocked(): Promise<void>;
  release(): Promise<void>;
}

const ofTheProgram = `datname = current_database() and application_name = 'goal-agent'`;

/** Holds a lock that lets nobody write to this table, until it is released or the test ends. */
export async function aLockOn(table: string, database: pg.ClientConfig): Promise<Lock> {
  const holder = await aClientForTest(database);
  // what runs is read over another connection: a transaction sees one and the same list of them
  const watcher = await aClientForTest(database);
  const count = async (condition: string) => {
    const sql = `select count(*)::int4 as n from pg_stat_activity where ${ofTheProgram} and ${condition}`;
    return (await watcher.query(sql)).rows[0].n;
  };
  await holder.query(`begin; lock table ${table} in share mode`);
  return {
    untilBlocked: (least = 1) =>
      expect
        .poll(() => count(`wait_event_type = 'Lock'`), { timeout: 10_000, interval: 20 })
        .toBeGreaterThanOrEqual(least),
    untilIdle: () => expect.poll(() => count(`state <> 'idle'`), { timeout: 10_000, interval: 20 }).toBe(0),
    async terminateBlocked() {
      await watcher.query(
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity where ${ofTheProgram} and wait_event_type = 'Lock'`,
      );
    },
    async release() {
      await holder.query('commit');
    },
  };
}

async function aClientForTest(database: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(database);
  client.on('error', () => {}); // a server that is killed takes this connection too
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
