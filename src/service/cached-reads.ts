import { Cache, type CacheOptions, type CacheStatus } from '../cache/cache.ts';
import { type Rows, type Steps, step } from '../store/database.ts';
import { findDatabaseIdentity } from '../store/statements/find-database-identity.ts';
import type { Store } from '../store/store.ts';
import { type Call, type ReadCache, read } from './call.ts';
import { ChangeFeed } from './change-feed.ts';

/** A store's cache: what reads go through, and what writes take things out of. */
export class CachedReads implements ReadCache {
  readonly #cache: Cache;
  readonly #feed: ChangeFeed;

  private constructor(cache: Cache, feed: ChangeFeed) {
    this.#cache = cache;
    this.#feed = feed;
  }

  /** From here on every write to this store takes out of the cache what it changes. Does not wait for Redis. */
  static async open(store: Store, options: Omit<CacheOptions, 'workspace' | 'identity'>): Promise<CachedReads> {
    const { database, workspace, workspaceId } = store;
    const { found } = await database.read({ found: step(findDatabaseIdentity, {}) });
    const identity = `${found[0]?.identity}/${workspaceId}`;
    const cache = await Cache.open({ ...options, workspace, identity });
    const feed = new ChangeFeed(store, cache);
    database.watch(feed);
    return new CachedReads(cache, feed);
  }

  status(): CacheStatus {
    return this.#cache.status();
  }

  /** Waits until `status` says what is so: at the start that is after a moment. */
  untilKnown(): Promise<void> {
    return this.#cache.untilKnown();
  }

  through<T>(name: string, read: () => Promise<T>, keeps: (value: T) => boolean): Promise<T> {
    return this.#feed.isFresh() ? this.#cache.through(name, read, keeps) : read();
  }

  close(): void {
    this.#feed.close();
    this.#cache.close();
  }
}

export type CachedKind = 'goal' | 'task' | 'plan';

interface CachedSteps<T extends Steps> {
  kind: CachedKind;
  id: string;
  steps: T;
  /** Whether what was read may be kept: what does not exist is not. */
  keeps(rows: Rows<T>): boolean;
}

/**
 * What steps find of one goal, task or plan, by way of the cache where there is one. What they show may change only by
 * operations that write an event of that goal or task, or of one that it depends on (docs/decisions/cache.md).
 */
export function cachedRead<T extends Steps>(call: Call, { kind, id, steps, keeps }: CachedSteps<T>): Promise<Rows<T>> {
  if (call.cached === undefined) return read(call, steps);
  return call.cached.through(`${kind}:${id}`, () => read(call, steps), keeps);
}
