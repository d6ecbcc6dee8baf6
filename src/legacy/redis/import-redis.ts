import { createHash } from 'node:crypto';
import type { Call } from '../../service/call.ts';
import { type ImportOutcome, importRecords } from '../import-records.ts';
import { timeZoneOf, type V2ImportOptions } from '../v2/import-v2.ts';
import { V2Directory } from '../v2/v2-directory.ts';
import { mergeVersions } from './merge.ts';
import { redisRecords } from './redis-records.ts';

export interface RedisImportOptions extends V2ImportOptions {
  /** A directory of v2 files to merge with the data in Redis: of each record the newer version counts. */
  files?: string | undefined;
}

/**
 * Imports the data that v2 kept in Redis, with the same checks as its files. Redis is only read.
 *
 * @throws GoalAgentError as `readRedis`, `redisRecords` and `V2Directory` do, and `invalid` for a time zone that is
 *   none.
 */
export async function importRedis(call: Call, url: string, options: RedisImportOptions = {}): Promise<ImportOutcome> {
  const zone = timeZoneOf(options.timezone);
  // loaded only here: the client library is larger than all of our code
  const { readRedis } = await import('./read-redis.ts');
  const texts = await readRedis(url);
  const files = options.files === undefined ? undefined : new V2Directory(options.files);
  const hash = await files?.hash();
  const { dryRun = false, onConflict, onProgress } = options;
  return importRecords(call, {
    source: files === undefined ? 'v2 in Redis' : `v2 in Redis and the files in ${files.path}`,
    hash: hash === undefined ? texts.hash : createHash('sha256').update(texts.hash).update(hash).digest('hex'),
    async records(changes) {
      const redis = redisRecords(texts, zone, changes);
      if (files === undefined) return redis;
      const fromFiles = { name: 'the files', records: await files.records(changes) };
      return mergeVersions(fromFiles, { name: 'Redis', records: redis }, zone, changes);
    },
    zone,
    onConflict: onConflict ?? 'skip',
    again: dryRun || onConflict !== undefined,
    dryRun,
    onProgress,
  });
}
