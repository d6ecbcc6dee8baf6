import { access } from 'node:fs/promises';
import path from 'node:path';
import { GoalAgentError } from '../../domain/errors.ts';
import { type Call, read } from '../../service/call.ts';
import { step } from '../../store/database.ts';
import { findAnyRow } from '../../store/statements/find-any-row.ts';
import { findImport } from '../../store/statements/find-import.ts';
import { describeReport } from '../describe-report.ts';
import { Changes } from '../report.ts';
import type { OnProgress } from '../write-rows.ts';
import { importV2 } from './import-v2.ts';
import { v2Files } from './read-directory.ts';
import { V2Directory } from './v2-directory.ts';

/** The files of one directory were taken over (`lines` report it) or could not be (`problem` says why). */
export type TakenOver =
  | { directory: string; lines: string[]; problem?: never; cause?: never }
  | { directory: string; lines?: never; problem: string; cause: unknown };

/** A place where v2 files may lie. */
export interface V2Place {
  path: string;
  /**
   * Whether a person named it. A working directory may be a stranger's, and a stranger must not put goals into a store
   * in use.
   */
  isNamed: boolean;
}

/** The places that have files of v2's names, each once. */
export async function directoriesWithV2Files(places: readonly V2Place[]): Promise<V2Place[]> {
  const holding: V2Place[] = [];
  for (const place of places) {
    if (holding.some((each) => each.path === place.path)) continue;
    const found = [v2Files.goals, v2Files.tasks].map((file) => access(path.join(place.path, file)));
    const isThere = (await Promise.allSettled(found)).some((each) => each.status === 'fulfilled');
    if (isThere) holding.push(place);
  }
  return holding;
}

/**
 * Imports the v2 files of each directory that were not imported before. Files of a directory that nobody named go only
 * into an empty store; otherwise the answer tells of them. The answer leaves out directories with nothing new. A
 * failure is part of the answer, because an old file must not keep a server from starting.
 */
export async function takeOverV2(
  call: Call,
  places: readonly V2Place[],
  onProgress?: OnProgress,
): Promise<TakenOver[]> {
  const taken: TakenOver[] = [];
  const isEmpty = await holdsNothing(call);
  for (const { path: directory, isNamed } of places) {
    try {
      const files = new V2Directory(directory);
      if (!isNamed && !isEmpty) {
        const problem = await leftAlone(call, files);
        if (problem !== undefined) taken.push({ directory, problem, cause: undefined });
        continue;
      }
      const outcome = await importV2(call, files, { onProgress });
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

async function holdsNothing(call: Call): Promise<boolean> {
  const { rows } = await read(call, { rows: step(findAnyRow, { workspaceId: call.store.workspaceId }) });
  return rows.length === 0;
}

/** The notice about files that are not taken over by themselves; undefined where they were imported before. */
async function leftAlone(call: Call, files: V2Directory): Promise<string | undefined> {
  const { workspaceId } = call.store;
  const { imported } = await read(call, {
    imported: step(findImport, { workspaceId, contentHash: await files.hash() }),
  });
  if (imported.length > 0) return undefined;
  await files.records(new Changes());
  return `The v2 files in ${files.path} were not taken over, because this store is in use. If they are yours: goal-agent import v2 ${JSON.stringify(files.path)}`;
}
