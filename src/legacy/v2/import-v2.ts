import path from 'node:path';
import { GoalAgentError } from '../../domain/errors.ts';
import type { Call } from '../../service/call.ts';
import type { OnConflict } from '../check/types.ts';
import { type ImportOutcome, importRecords } from '../import-records.ts';
import { machineTimeZone, TimeZone } from '../local-time.ts';
import type { OnProgress } from '../write-rows.ts';
import { parseV2Files, readV2Files } from './read-directory.ts';

export interface V2ImportOptions {
  dryRun?: boolean;
  /** Said by the caller: then content that was imported before is imported again. */
  onConflict?: OnConflict | undefined;
  /** Of timestamps without a zone; this machine's when left out. */
  timezone?: string | undefined;
  onProgress?: OnProgress | undefined;
}

/**
 * Imports the v2 files of a directory, in one transaction. The files are only read.
 *
 * @throws GoalAgentError `not_found` when there are no such files, `invalid` when one of them cannot be understood (file,
 *   line and column are in the message) or the time zone is none; nothing was written then.
 */
export async function importV2(call: Call, directory: string, options: V2ImportOptions = {}): Promise<ImportOutcome> {
  const zone = timeZoneOf(options.timezone);
  let files = await readV2Files(path.resolve(directory));
  if (files === undefined) {
    throw new GoalAgentError(
      'not_found',
      `${directory} holds neither goals.json nor tasks.json. Name the directory that v2 kept them in: usually data/goals.`,
    );
  }
  const { dryRun = false, onConflict, onProgress } = options;
  const { directory: from, hash } = files;
  return importRecords(call, {
    source: `v2 files in ${from}`,
    hash,
    async records(changes) {
      const content = files ?? (await readV2Files(from));
      files = undefined; // as large as the records: not kept for another attempt that hardly ever comes
      if (content?.hash !== hash) throw changedMeanwhile(from);
      return parseV2Files(content, changes);
    },
    zone,
    onConflict: onConflict ?? 'skip',
    again: dryRun || onConflict !== undefined,
    dryRun,
    onProgress,
  });
}

function changedMeanwhile(directory: string): GoalAgentError {
  return new GoalAgentError(
    'conflict',
    `The files in ${directory} changed while they were read. Stop v2 and try again.`,
  );
}

/** @throws GoalAgentError `invalid` */
export function timeZoneOf(name: string | undefined): TimeZone {
  if (name === undefined) return machineTimeZone();
  try {
    return new TimeZone(name);
  } catch {
    throw new GoalAgentError(
      'invalid',
      `${name} is no time zone; write a name such as Europe/Paris, America/New_York or UTC.`,
    );
  }
}
