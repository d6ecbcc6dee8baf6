import { GoalAgentError } from '../../domain/errors.ts';
import { backupFile, type Head, type RowCounts } from './format.ts';
import { type Page, readRows } from './read-rows.ts';

export interface Verified {
  head: Head;
  rows: RowCounts;
}

/**
 * Reads a backup to its end, and says what is in it.
 *
 * @throws GoalAgentError `invalid` for a file that is no backup, is cut off, was changed, or was written by a newer version.
 */
export async function verifyBackup(file: string): Promise<Verified> {
  const rows: RowCounts = {};
  let head: Head | undefined;
  for await (const page of readBackup(file, (read) => {
    head = read;
  })) {
    rows[page.table] = (rows[page.table] ?? 0) + page.rows.length;
  }
  if (head === undefined) throw new GoalAgentError('invalid', backupFile.isNone(file));
  return { head, rows };
}

/** The rows of a backup, as readRows gives them. */
export function readBackup(file: string, onHead?: (head: Head) => void): AsyncGenerator<Page> {
  return readRows(file, backupFile, onHead);
}
