import type { PoolCall } from '../../service/call.ts';
import { openStore } from '../../store/store.ts';
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
}

/** Opens the store on a known database, lets `work` use it under the name of `actor`, and closes it again. */
export async function withCallOn<T>(
  source: Pick<Source, 'connect'>,
  { config, actor, timeoutMs = Math.max(config.timeoutMs, patientMs) }: CallOptions,
  work: (call: PoolCall, cache: OptionalCache) => Promise<T>,
): Promise<T> {
  const store = await openStore({
    connect: source.connect,
    workspace: config.workspace,
    poolSize: 1,
    maxOverflow: 1,
    timeoutMs,
    prepared: config.prepared,
    warn: () => {},
  });
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
