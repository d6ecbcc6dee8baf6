import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ServerPostgres } from '../../support/server-postgres.ts';

/** What is disturbed. */
export interface Disturbed {
  server: ServerPostgres;
  connection: pg.ClientConfig;
}

/** Disturbs until `signal` says that it is enough, and leaves nothing behind. */
export type Disturbance = (disturbed: Disturbed, signal: AbortSignal) => Promise<void>;

/** What befalls a database that is in use, by its name. */
export const disturbances: Record<string, Disturbance> = {
  'nothing, for long': (_, signal) => ended(signal),
  'a transaction that stays open, idle, with an old snapshot': ({ connection }, signal) =>
    withClients(connection, 1, async ([client]) => {
      await client?.query('begin isolation level repeatable read; select count(*) from tasks');
      await ended(signal);
    }),
  'readers that scan the tables all the time': ({ connection }, signal) =>
    withClients(connection, 4, async (clients) => {
      const scan = async (client: pg.Client) => {
        while (!signal.aborted)
          await client.query('select count(*), max(e.seq) from events e join tasks t on t.id = e.task_id');
      };
      await Promise.all(clients.map(scan));
    }),
  'somebody who locks the tasks that come next': ({ connection }, signal) =>
    withClients(connection, 1, async ([client]) => {
      await client?.query(
        `begin; select from tasks where status = 'pending' order by priority, number limit 20 for update`,
      );
      await ended(signal);
    }),
  'connections that are terminated, again and again': ({ connection }, signal) =>
    withClients(connection, 1, async ([client]) => {
      while (!signal.aborted) {
        await client?.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
        );
        await sleep(100);
      }
    }),
  'no connection that is left': async ({ connection }, signal) => {
    const taken: pg.Client[] = [];
    while (!signal.aborted) {
      const client = new pg.Client(connection);
      client.on('error', () => {});
      const isTaken = await client.connect().then(
        () => taken.push(client),
        () => 0,
      );
      if (isTaken === 0) await sleep(20);
    }
    await Promise.all(taken.map((client) => client.end()));
  },
  'a restart of the server': async ({ server }, signal) => {
    await server.restart();
    await ended(signal);
  },
  'kills of the server, again and again': async ({ server }, signal) => {
    do {
      await server.kill9();
      await server.restart();
      await sleep(200);
    } while (!signal.aborted);
  },
  'a server that stands still': async ({ connection }, signal) =>
    withClients(connection, 1, async ([client]) => {
      await client?.query('begin; lock table tasks in access exclusive mode');
      await ended(signal);
    }),
};

async function withClients(connection: pg.ClientConfig, count: number, work: (clients: pg.Client[]) => Promise<void>) {
  const clients = Array.from({ length: count }, () => new pg.Client(connection));
  for (const client of clients) {
    client.on('error', () => {});
    await client.connect();
  }
  await work(clients);
  await Promise.all(clients.map((client) => client.end()));
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
