import type { PoolCall } from '../../service/call.ts';
import type { Workspaces } from '../../service/workspaces.ts';
import type { Database } from '../../store/database.ts';
import { Numbers } from '../../store/numbers.ts';
import { openDatabase, openStore } from '../../store/store.ts';
import type { Workspace } from '../../store/workspaces.ts';
import type { Config } from '../config.ts';
import type { Source } from './database-source.ts';
import { OptionalCache } from './optional-cache.ts';

/** A command that imports or exports a whole workspace may take longer than a tool's call. */
const patientMs = 10 * 60_000;

export interface CallOptions {
  config: Config;
  actor: string;
  /** A command that does what a tool does waits no longer than a tool. */
  timeoutMs?: number;
  /** Whether a workspace that does not exist is refused, and not made. */
  mustExist?: boolean;
}

/** Opens the store on a known database, lets `work` use it under the name of `actor`, and closes it again. */
export async function withCallOn<T>(
  source: Pick<Source, 'connect'>,
  { config, actor, timeoutMs = patienceOf(config), mustExist = false }: CallOptions,
  work: (call: PoolCall, cache: OptionalCache) => Promise<T>,
): Promise<T> {
  const { workspace } = config;
  const store = await openStore({ ...optionsOf(source, config), timeoutMs, workspace, mustExist });
  const cache = new OptionalCache(config, { info: () => {}, warn: () => {} });
  try {
    await cache.attachTo(store);
    await cache.untilKnown();
    const result = await work({ store, actor }, cache);
    // autovacuum looks a minute later: until then an export of 100,000 imported tasks took 65 s in place of 5
    if (actor.startsWith('import ')) await store.database.refreshStatistics();
    return result;
  } finally {
    cache.close();
    await store.database.close();
  }
}

/** Opens the database by a way that is known, lets `work` use its workspaces, and closes it again. */
export async function withWorkspacesOn<T>(
  source: Pick<Source, 'connect'>,
  config: Config,
  work: (workspaces: Workspaces) => Promise<T>,
): Promise<T> {
  const database = await openDatabase({ ...optionsOf(source, config), timeoutMs: patienceOf(config) });
  try {
    return await work({ database, forget: (workspace) => forget(database, config, workspace) });
  } finally {
    await database.close();
  }
}

/** Processes that have the workspace open still read what the cache has of it. */
async function forget(database: Database, config: Config, { id: workspaceId, name }: Workspace): Promise<void> {
  const cache = new OptionalCache(config, { info: () => {}, warn: () => {} });
  try {
    await cache.attachTo({ database, workspaceId, workspace: name, numbers: new Numbers(database, workspaceId) });
    await cache.untilKnown();
    await cache.reads?.unknown();
  } finally {
    cache.close();
  }
}

function optionsOf({ connect }: Pick<Source, 'connect'>, { prepared }: Config) {
  return { connect, poolSize: 1, maxOverflow: 1, prepared, warn: () => {} };
}

function patienceOf({ timeoutMs }: Config): number {
  return Math.max(timeoutMs, patientMs);
}
