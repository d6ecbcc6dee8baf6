import { open, unlink } from 'node:fs/promises';
import path from 'node:path';
import { GoalAgentError } from '../../domain/errors.ts';
import { deleteWorkspace, type Workspaces } from '../../service/workspaces.ts';
import { type Exported, exportJsonWithin } from './export-json.ts';

/** After these it is not known whether the workspace is still there, and the file may be all that is left of it. */
const isUnsure = (error: unknown) =>
  error instanceof GoalAgentError && ['unavailable', 'unknown_outcome'].includes(error.code);

/**
 * Writes all that a workspace holds to a file that is not there yet, and deletes the workspace: both or, with an error,
 * neither. The file is on the disk before anything is deleted.
 */
export async function deleteWithExport(workspaces: Workspaces, name: string, file: string): Promise<Exported> {
  let isWritten = false;
  try {
    return await deleteWorkspace(workspaces, name, async (run, workspaceId) => {
      // a transaction that met another one is run again, and reads anew
      if (isWritten) await unlink(file).catch(() => {});
      isWritten = false;
      const exported = await exportJsonWithin(run, workspaceId, file);
      isWritten = true;
      await flushFolder(path.dirname(file));
      return exported;
    });
  } catch (error) {
    if (!isWritten) throw error;
    if (isUnsure(error)) throw keptFile(error, file);
    await unlink(file).catch(() => {});
    throw error;
  }
}

/** The file's name is on the disk, too. Windows has no such thing, and some file systems neither. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

function keptFile(error: unknown, file: string): GoalAgentError {
  const message = error instanceof Error ? error.message : String(error);
  return new GoalAgentError('unknown_outcome', `${message} ${file} has everything, and was kept.`, { cause: error });
}
