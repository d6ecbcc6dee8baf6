import type { PoolCall } from '../../service/call.ts';
import { bringBack } from '../../service/history-archives.ts';
import { readRows, verifyRows } from '../backup/read-rows.ts';
import { type Head, historyFile } from './format.ts';

/** How much came back. */
export interface BroughtBack {
  operations: number;
  events: number;
  head: Head;
}

/**
 * Brings back the history of a file, which is read to its end first, in one transaction.
 *
 * @throws GoalAgentError `invalid` for a file that is none or is broken, `conflict` for one that is not the newest.
 */
export async function restoreHistory(call: PoolCall, file: string): Promise<BroughtBack> {
  const { head, rows } = await verifyRows(file, historyFile);
  const { last_operation: lastOperation, mark } = head;
  await bringBack(call, { lastOperation, mark }, () => readRows(file, historyFile));
  return { operations: rows.operations ?? 0, events: rows.events ?? 0, head };
}
