import pg from 'pg';
import type { PoolCall } from '../src/service/call.ts';
import { createDatabase } from '../src/store/create-database.ts';
import { openStore } from '../src/store/store.ts';
import { fillStore } from './filled-store.ts';
import type { Setting } from './setting.ts';

/** A workspace with so many tasks. */
export interface Sized {
  call: PoolCall;
  tasks: number;
}

/** A database of its own with one workspace that has so many tasks, their goals and their history. */
export async function aFilledStore(
  { connection }: Setting,
  { database, workspace, tasks }: { database: string; workspace: string; tasks: number },
): Promise<Sized> {
  await createDatabase({ ...connection, database: 'postgres' }, database);
  const way = { ...connection, database };
  const store = await openStore({
    connect: async () => way,
    workspace,
    ...{ poolSize: 10, maxOverflow: 20, timeoutMs: 300_000, prepared: true, warn: () => {} },
  });
  const client = new pg.Client(way);
  await client.connect();
  await fillStore(client, store.workspaceId, tasks).finally(() => client.end());
  return { call: { store, actor: 'bench' }, tasks };
}
