import path from 'node:path';
import type { PoolCall } from '../../service/call.ts';
import { finishRemoval, type HistoryCut, refuseCut, removeHistory } from '../../service/history-archives.ts';
import { step } from '../../store/database.ts';
import { listOldEvents, listOldOperations } from '../../store/statements/history-archives.ts';
import { verifyRows } from '../backup/read-rows.ts';
import { notWritten, refuseExisting, writeRows } from '../backup/write-rows.ts';
import { historyFile } from './format.ts';

/** Rows that are in memory at once. */
const pageSize = 1_000;

export interface ArchiveOptions {
  program: string;
  /** Of rows that are written, and then of operations that are removed. */
  onProgress?: (what: 'writing' | 'removing', done: number, total: number) => void;
}

/**
 * Writes the history before the cut to a file that does not exist yet, reads the file back to its end, and only then removes
 * from the database what is in it.
 *
 * @throws GoalAgentError as refuseCut does; `conflict` when the file exists, `invalid` when it cannot be written.
 */
export async function archiveHistory(
  call: PoolCall,
  cut: HistoryCut,
  file: string,
  { program, onProgress = () => {} }: ArchiveOptions,
): Promise<void> {
  await refuseExisting(file);
  await refuseCut(call, cut);
  await finishRemoval(call); // what follows begins after it
  const { last_operation, mark, first_at, last_at } = cut;
  const { format, version } = historyFile;
  const workspace = call.store.workspace;
  const head = {
    format: format as 'goal-agent history',
    version,
    program,
    workspace,
    last_operation,
    mark,
    first_at,
    last_at,
  };
  const total = cut.operations + cut.events;
  let done = 0;
  const written = (rows: number) => {
    done += rows;
    onProgress('writing', done, total);
  };
  await writeRows(file, historyFile, { head, parts: partsOf(call, cut, written) }).catch((error) => {
    throw notWritten(file, error, 'nothing was archived');
  });
  await verifyRows(file, historyFile);
  await removeHistory(call, cut, path.basename(file), (operations) =>
    onProgress('removing', operations, cut.operations),
  );
}

type Written = (rows: number) => void;

async function* partsOf(call: PoolCall, cut: HistoryCut, written: Written) {
  const { workspaceId: workspace } = call.store;
  yield { table: 'operations', workspace, rows: operationPages(call, cut, written) };
  yield { table: 'events', workspace, rows: eventPages(call, cut, written) };
}

function operationPages({ store }: PoolCall, { last_operation: upTo }: HistoryCut, written: Written) {
  const { workspaceId, database } = store;
  return pages(
    async (last?: { seq: number; row: string }) =>
      (
        await database.read({
          rows: step(listOldOperations, { workspaceId, upTo, limit: pageSize, after: last?.seq ?? 0 }),
        })
      ).rows,
    written,
  );
}

function eventPages({ store }: PoolCall, { last_operation: upTo }: HistoryCut, written: Written) {
  const { workspaceId, database } = store;
  return pages(async (last?: { operation: number; seq: number; row: string }) => {
    const after = { after: last?.operation ?? 0, afterSeq: last?.seq ?? 0 };
    return (await database.read({ rows: step(listOldEvents, { workspaceId, upTo, limit: pageSize, ...after }) })).rows;
  }, written);
}

/** The rows of one page after the other, each read after the last row of the one before. */
async function* pages<R extends { row: string }>(
  readAfter: (last: R | undefined) => Promise<R[]>,
  written: Written,
): AsyncGenerator<string[]> {
  for (let last: R | undefined; ; ) {
    const rows = await readAfter(last);
    last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(({ row }) => row);
    written(rows.length);
  }
}
