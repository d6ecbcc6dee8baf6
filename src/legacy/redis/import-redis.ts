import { createHash } from 'node:crypto';
import path from 'node:path';
import { GoalAgentError } from '../../domain/errors.ts';
import type { Call } from '../../service/call.ts';
import { type ImportOutcome, importRecords } from '../import-records.ts';
import { timeZoneOf, type V2ImportOptions } from '../v2/import-v2.ts';
import { parseV2Files, readV2Files } from '../v2/read-directory.ts';
import { mergeVersions } from './merge.ts';
import { redisRecords } from './redis-records.ts';

export interface RedisImportOptions extends V2ImportOptions {
  /** A directory of v2 files to bring together with what Redis has: of each record the newer version counts. */
  files?: string | undefined;
}

/**
 * Imports what v2 kept in Redis, with the same checks as its files. Redis is only read.
 *
 * @throws GoalAgentError as `readRedis`, `redisRecords` and `importV2` do.
 */
export async function importRedis(call: Call, url: string, options: RedisImportOptions = {}): Promise<ImportOutcome> {
  const zone = timeZoneOf(options.timezone);
  // loaded only here: the client library is larger than all of ours
  const { readRedis } = await import('./read-redis.ts');
  const texts = await readRedis(url);
  const files = options.files === undefined ? undefined : await readV2Files(path.resolve(options.files));
  if (options.files !== undefined && files === undefined) {
    throw new GoalAgentError('not_found', `${options.files} holds neither goals.json nor tasks.json.`);
  }
  const { dryRun = false, onConflict, onProgress } = options;
  return importRecords(call, {
    source: files === undefined ? 'v2 in Redis' : `v2 in Redis and the files in ${files.directory}`,
    hash: files === undefined ? texts.hash : createHash('sha256').update(texts.hash).update(files.hash).digest('hex'),
    async records(changes) {
      const redis = redisRecords(texts, zone, changes);
      if (files === undefined) return redis;
      const fromFiles = { name: 'the files', records: await parseV2Files(files, changes) };
      return mergeVersions(fromFiles, { name: 'Redis', records: redis }, zone, changes);
    },
    zone,
    onConflict: onConflict ?? 'skip',
    again: dryRun || onConflict !== undefined,
    dryRun,
    onProgress,
  });
}
