import pg from 'pg';
import type { Call } from '../service/call.ts';
import { openStore } from '../store/store.ts';
import type { Config } from './config.ts';
import { OptionalCache } from './optional-cache.ts';
import type { Source } from './source.ts';

/** What takes over or gives out a whole workspace may take longer than a tool's call. */
const patientMs = 10 * 60_000;
/** How long it waits for the cache, out of which it has to take what it changes. */
const cachePatienceMs = 1_000;

export interface CallOptions {
  config: Config;
  actor: string;
}

/** Opens the store by a way that is known, lets `work` use it under the name of `actor`, and closes it again. */
export async function withCallOn<T>(
  source: Pick<Source, 'connect'>,
  { config, actor }: CallOptions,
  work: (call: Call) => Promise<T>,
): Promise<T> {
  const store = await openStore({
    connect: source.connect,
    workspace: config.workspace,
    poolSize: 1,
    maxOverflow: 1,
    timeoutMs: Math.max(config.timeoutMs, patientMs),
    prepared: config.prepared,
    warn: () => {},
  });
  const cache = new OptionalCache(config, { info: () => {}, warn: () => {} });
  try {
    await cache.attachTo(store);
    await cache.untilReady(cachePatienceMs);
    const result = await work({ store, actor });
    if (actor.startsWith('import ')) await refreshStatistics(source);
    return result;
  } finally {
    cache.close();
    await store.database.close();
  }
}

/**
 * After an import the planner still knows the tables as they were; autovacuum looks a minute later. Until then an export
 * of 100,000 imported tasks took 65 s in place of 5.
 */
async function refreshStatistics(source: Pick<Source, 'connect'>): Promise<void> {
  const client = new pg.Client(await source.connect());
  client.on('error', () => {}); // it only makes what follows faster
  try {
    await client.connect();
    // a role that does not own the tables gets a warning, and nothing happens
    await client.query('analyze goals, tasks, task_dependencies, events');
  } catch {
    // autovacuum will do it
  } finally {
    await client.end().catch(() => {});
  }
}
