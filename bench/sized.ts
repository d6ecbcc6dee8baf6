import pg from 'pg';
import type { PoolCall } from '../src/service/call.ts';
import { createDatabase } from '../src/store/create-database.ts';
import { openStore } from '../src/store/store.ts';
import { ageStore } from './aged-store.ts';
import { fillStore } from './filled-store.ts';
import type { Setting } from './setting.ts';

/** A workspace with so many tasks, or one that so many have gone through. */
export interface Sized {
  call: PoolCall;
  tasks: number;
}

/** Which store is to be made. */
export interface Wanted {
  database: string;
  workspace: string;
  tasks: number;
  /** Whether they have gone through it, and half of them are there no more. */
  isAged?: boolean;
}

/** A database of its own with one workspace that has so many tasks, their goals and their history. */
export async function aFilledStore(
  { connection }: Setting,
  { database, workspace, tasks, isAged = false }: Wanted,
): Promise<Sized> {
  await createDatabase({ ...connection, database: 'postgres' }, database);
  const way = { ...connection, database };
  const store = await openStore({
    connect: async () => way,
    workspace,
    ...{ poolSize: 10, maxOverflow: 20, timeoutMs: 300_000, prepared: true, warn: () => {} },
  });
  const clients: [pg.Client, pg.Client] = [new pg.Client(way), new pg.Client(way)];
  await Promise.all(clients.map((client) => client.connect()));
  const filling = isAged
    ? ageStore(clients[0], store.workspaceId, tasks)
    : fillStore(clients, store.workspaceId, tasks);
  await filling.finally(() => Promise.all(clients.map((client) => client.end())));
  return { call: { store, actor: 'bench' }, tasks };
}
