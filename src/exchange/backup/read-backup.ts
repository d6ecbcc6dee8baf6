import { backupFile, type Head, type RowCounts } from './format.ts';
import { type Page, readRows, verifyRows } from './read-rows.ts';

/**
 * Reads a backup to its end, and says what is in it.
 *
 * @throws GoalAgentError `invalid` for a file that is no backup, is cut off, was changed, or was written by a newer version.
 */
export function verifyBackup(file: string): Promise<{ head: Head; rows: RowCounts }> {
  return verifyRows(file, backupFile);
}

/** The rows of a backup, as readRows gives them. */
export function readBackup(file: string): AsyncGenerator<Page> {
  return readRows(file, backupFile);
}
