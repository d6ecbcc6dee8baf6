import { v7 as uuidv7 } from 'uuid';
import { GoalAgentError } from '../domain/errors.ts';
import { type Since, sinceParams } from '../domain/since.ts';
import { type Run, step } from '../store/database.ts';
import type { Row } from '../store/statement.ts';
import {
  bringBackEvents,
  bringBackOperations,
  deleteHistoryArchive,
  findHistoryCut,
  insertHistoryArchive,
  listFirstOperations,
  listHistoryArchives,
  listLateWebhooks,
  mayRemoveHistory,
  removeOldEvents,
  removeOldOperations,
} from '../store/statements/history-archives.ts';
import { lockGraphShared } from '../store/statements/lock-graph.ts';
import { type PoolCall, read } from './call.ts';
import { requireRole } from './caller.ts';

// History that went to files: docs/decisions/archives.md.

/** What would go to a file: operations up to one, and their events. Times are ISO 8601 in UTC. */
export type HistoryCut = Row<typeof findHistoryCut>;

/** What went to a file, as the database remembers it. */
export type HistoryArchive = Row<typeof listHistoryArchives>;

/** Operations that one transaction removes. */
const operationsAtOnce = 500;
const mostArchives = 1_000;

/** The operations that are all older than a time; undefined where there are none. */
export async function findCut(call: PoolCall, since: Since): Promise<HistoryCut | undefined> {
  const { workspaceId } = call.store;
  const { cut } = await read(call, { cut: step(findHistoryCut, { workspaceId, ...sinceParams(since) }) });
  return cut[0];
}

/** The newest first. */
export async function listArchives(call: PoolCall): Promise<HistoryArchive[]> {
  const { workspaceId } = call.store;
  const { archives } = await read(call, { archives: step(listHistoryArchives, { workspaceId, limit: mostArchives }) });
  return archives;
}

/**
 * @throws GoalAgentError `forbidden` where the database's role may not delete history; `conflict` where a webhook was not
 *   told yet of all that would go.
 */
export async function refuseCut(call: PoolCall, { last_seq: seq }: HistoryCut): Promise<void> {
  requireRole(call, 'admin', 'archive the history');
  const { workspaceId } = call.store;
  const { rights, late } = await read(call, {
    rights: step(mayRemoveHistory, {}),
    late: step(listLateWebhooks, { workspaceId, seq }),
  });
  if (rights[0]?.may !== true) {
    throw new GoalAgentError(
      'forbidden',
      'This role of the database may not delete history, so nothing was archived. Run the command as the role that owns the tables.',
    );
  }
  const [first] = late;
  if (first === undefined) return;
  const others = late.length > 1 ? ` (and ${late.length - 1} more)` : '';
  throw new GoalAgentError(
    'conflict',
    `The webhook ${first.id}${others} was not told yet of all these changes, so nothing was archived. Let the service run until it was, or remove the webhook.`,
  );
}

/**
 * From here on the history before the cut counts as gone, and then it is removed, some hundred operations at a time. Where
 * that is interrupted, `finishRemoval` goes on.
 */
export async function removeHistory(
  call: PoolCall,
  cut: HistoryCut,
  file: string,
  removed: (operations: number) => void,
): Promise<void> {
  const { workspaceId, database } = call.store;
  const { last_operation: lastOperation, last_seq: lastSeq, mark, operations, events, last_at: lastAt } = cut;
  const archive = { lastOperation, lastSeq, mark, operations, events, lastAt, file, archivedBy: call.actor };
  await database.repeat({ inserted: step(insertHistoryArchive, { workspaceId, ...archive }) });
  await finishRemoval(call, removed);
}

/** Removes what is in a file and was left in the database by a run that was interrupted; the number of operations. */
export async function finishRemoval(call: PoolCall, removed: (operations: number) => void = () => {}): Promise<number> {
  const { workspaceId, database } = call.store;
  const upTo = (await listArchives(call))[0]?.last_operation;
  if (upTo === undefined) return 0;
  let done = 0;
  for (;;) {
    const some = await database.change({ workspaceId, id: uuidv7() }, async (run) => {
      // no undo looks at an operation that goes
      const { first } = await run({
        graph: step(lockGraphShared, { workspaceId }),
        first: step(listFirstOperations, { workspaceId, upTo, limit: operationsAtOnce }),
      });
      const operations = first.map(({ seq }) => seq);
      if (operations.length > 0) {
        await run({
          events: step(removeOldEvents, { workspaceId, operations }),
          operations: step(removeOldOperations, { workspaceId, operations }),
        });
      }
      return operations.length;
    });
    if (some === 0) return done;
    done += some;
    removed(done);
  }
}

/** Rows of a file, as JSON. */
export interface OldRows {
  table: string;
  rows: string[];
}

/**
 * Brings back what went to a file last, in one transaction.
 *
 * @throws GoalAgentError `conflict` where the file is not the one that was written last.
 */
export async function bringBack(
  call: PoolCall,
  archive: { lastOperation: number; mark: string },
  pages: () => AsyncIterable<OldRows>,
): Promise<void> {
  requireRole(call, 'admin', 'bring history back');
  const { workspaceId, database } = call.store;
  const work = async (run: Run) => {
    const { archives } = await run({
      graph: step(lockGraphShared, { workspaceId }),
      archives: step(listHistoryArchives, { workspaceId, limit: mostArchives }),
    });
    refuseOther(archives, archive);
    for await (const page of pages()) await bringBackPage(run, workspaceId, page);
    await run({ deleted: step(deleteHistoryArchive, { workspaceId, lastOperation: archive.lastOperation }) });
  };
  await database.change({ workspaceId, id: uuidv7() }, work, { isPatient: true });
}

async function bringBackPage(run: Run, workspaceId: number, { table, rows }: OldRows): Promise<void> {
  const params = { workspaceId, rows: `[${rows.join(',')}]` };
  await run({ back: step(table === 'events' ? bringBackEvents : bringBackOperations, params) });
}

function refuseOther(
  archives: HistoryArchive[],
  { lastOperation, mark }: { lastOperation: number; mark: string },
): void {
  const [newest] = archives;
  if (newest?.last_operation === lastOperation && newest.mark === mark) return;
  const isOlder = archives.some((each) => each.last_operation === lastOperation && each.mark === mark);
  throw new GoalAgentError(
    'conflict',
    isOlder
      ? `${newest?.file} was written later, and has to come back first. Nothing was changed.`
      : 'The history of this workspace is not in that file, or came back already. Nothing was changed.',
  );
}
