import { GoalAgentError } from '../../domain/errors.ts';
import type { Call } from '../../service/call.ts';
import type { OnConflict } from '../check/types.ts';
import { type ImportOutcome, importRecords } from '../import-records.ts';
import { machineTimeZone, TimeZone } from '../local-time.ts';
import type { OnProgress } from '../write-rows.ts';
import type { V2Directory } from './v2-directory.ts';

export interface V2ImportOptions {
  dryRun?: boolean;
  /** Given by the caller: content that was imported before is then imported again. */
  onConflict?: OnConflict | undefined;
  /** For timestamps without a zone; the zone of this machine when left out. */
  timezone?: string | undefined;
  onProgress?: OnProgress | undefined;
}

/**
 * Imports the v2 files of a directory, in one transaction. The files are only read.
 *
 * @throws GoalAgentError as `V2Directory` does, and `invalid` for a time zone that is none; nothing was written then.
 */
export async function importV2(
  call: Call,
  directory: V2Directory,
  options: V2ImportOptions = {},
): Promise<ImportOutcome> {
  const zone = timeZoneOf(options.timezone);
  const { dryRun = false, onConflict, onProgress } = options;
  return importRecords(call, {
    source: `v2 files in ${directory.path}`,
    hash: await directory.hash(),
    records: (changes) => directory.records(changes),
    zone,
    onConflict: onConflict ?? 'skip',
    again: dryRun || onConflict !== undefined,
    dryRun,
    onProgress,
  });
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
