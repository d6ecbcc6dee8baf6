import { Cache, type CacheOptions, type CacheStatus } from '../cache/cache.ts';
import { findDatabaseIdentity } from '../store/statements/find-database-identity.ts';
import type { Store } from '../store/store.ts';
import type { Call, ReadCache } from './call.ts';
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
    const [row] = await database.read(findDatabaseIdentity, {});
    const cache = await Cache.open({ ...options, workspace, identity: `${row?.identity}/${workspaceId}` });
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

/**
 * What `read` finds of one goal, task or plan, by way of the cache where there is one: lists of rows, the first those of
 * the goal or task itself, since what does not exist is not kept. What they show may change only by operations that
 * write an event of that goal or task, or of one that it depends on (docs/decisions/cache.md).
 */
export function cachedRead<T extends readonly unknown[][]>(
  { cached }: Call,
  kind: CachedKind,
  id: string,
  read: () => Promise<T>,
): Promise<T> {
  if (cached === undefined) return read();
  return cached.through(`${kind}:${id}`, read, ([first]) => first !== undefined && first.length > 0);
}
