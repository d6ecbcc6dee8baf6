import { access } from 'node:fs/promises';
import path from 'node:path';
import { GoalAgentError } from '../../domain/errors.ts';
import type { Call } from '../../service/call.ts';
import { describeReport } from '../describe-report.ts';
import type { OnProgress } from '../write-rows.ts';
import { importV2 } from './import-v2.ts';
import { v2Files } from './read-directory.ts';
import { V2Directory } from './v2-directory.ts';

/** The files of one directory were taken over (`lines` tell what was done) or could not be (`problem` tells why). */
export type TakenOver =
  | { directory: string; lines: string[]; problem?: never; cause?: never }
  | { directory: string; lines?: never; problem: string; cause: unknown };

/** Those of these places that hold v2 files, each once. */
export async function directoriesWithV2Files(places: readonly string[]): Promise<string[]> {
  const holding: string[] = [];
  for (const place of new Set(places)) {
    const found = [v2Files.goals, v2Files.tasks].map((file) => access(path.join(place, file)));
    const isThere = (await Promise.allSettled(found)).some((each) => each.status === 'fulfilled');
    if (isThere) holding.push(place);
  }
  return holding;
}

/**
 * Imports the v2 files of each directory, those that were not imported before; directories with nothing new are left
 * out of the answer. A failure is part of the answer: an old file must not keep a server from starting.
 */
export async function takeOverV2(
  call: Call,
  directories: readonly string[],
  onProgress?: OnProgress,
): Promise<TakenOver[]> {
  const taken: TakenOver[] = [];
  for (const directory of directories) {
    try {
      const outcome = await importV2(call, new V2Directory(directory), { onProgress });
      if (outcome.kind !== 'already') taken.push({ directory, lines: describeReport(outcome.report) });
    } catch (error) {
      const problem =
        error instanceof GoalAgentError
          ? error.message
          : `The v2 files in ${directory} could not be imported; the log has the cause.`;
      taken.push({ directory, problem, cause: error });
    }
  }
  return taken;
}
