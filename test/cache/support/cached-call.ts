import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

import type { CacheOptions } from '../../../src/cache/cache.ts';
import type { RedisAddress } from '../../../src/cache/client.ts';
import { CachedReads } from '../../../src/service/cached-reads.ts';
import type { PoolCall } from '../../../src/service/call.ts';
import { afterFile } from '../../support/after-file.ts';
import { aStore } from '../../support/database.ts';

export interface CachedCall {
  call: PoolCall;
  cached: CachedReads;
  /** The same store without its cache. */
  plain: PoolCall;
  /** The lines that a log would have. */
  lines: string[];
}

/** A store with a cache, as a process of its own would have it. Does not wait for Redis. */
export async function aCachedCall(
  connection: pg.ClientConfig,
  address: RedisAddress,
  options: Partial<CacheOptions> = {},
): Promise<CachedCall> {
  const store = await aStore(connection);
  const lines: string[] = [];
  const onChange = (reason: string | undefined) => lines.push(reason === undefined ? 'back' : `gone: ${reason}`);
  const cached = await CachedReads.open(store, { address, format: 'test', onChange, ...options });
  afterFile(() => cached.close());
  const plain = { store, actor: 'tester' };
  return { call: { ...plain, cached }, plain, cached, lines };
}

/** Waits until reads really go through the cache. */
export function untilInUse({ cached }: Pick<CachedCall, 'cached'>): Promise<void> {
  const probe = () =>
    cached.through(
      'probe',
      async () => 1,
      () => false,
    );
  return until(async () => (await countedAs(cached, probe)) !== 'none');
}

/** Reads until the answer is kept: filling is not waited for. */
export function untilHit({ cached }: Pick<CachedCall, 'cached'>, read: () => Promise<unknown>): Promise<void> {
  return until(async () => (await countedAs(cached, read)) === 'hit');
}

export async function until(condition: () => boolean | Promise<boolean>, seconds = 5): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(5)) if (await condition()) return;
  throw new Error(`still not so after ${seconds} s: ${condition}`);
}

/** What a read counted: a hit, a miss, or neither, where the cache was not asked. */
export async function countedAs(cached: CachedReads, read: () => Promise<unknown>): Promise<'hit' | 'miss' | 'none'> {
  const before = cached.status();
  await read();
  const after = cached.status();
  return after.hits > before.hits ? 'hit' : after.misses > before.misses ? 'miss' : 'none';
}
