import type { HistoryEvent } from '../domain/history-line.ts';
import { type Since, sinceParams } from '../domain/since.ts';
import { step } from '../store/database.ts';
import type { Row } from '../store/statement.ts';
import { listHistoryArchives } from '../store/statements/history-archives.ts';
import {
  listHistory,
  listHistoryOfActor,
  listHistoryOfGoal,
  listHistoryOfTask,
} from '../store/statements/list-history.ts';
import { type Call, read } from './call.ts';

/** Which events somebody wants. A task says more than a goal: with both, the goal is not looked at. */
export interface HistoryFilter {
  goalId?: string | undefined;
  taskId?: string | undefined;
  actor?: string | undefined;
  since?: Since | undefined;
}

/** The place of an event in the history: its operation's number, and its own. */
export interface HistoryPlace {
  operation: number;
  seq: number;
}

/** Characters of each text of an event: a line shows less of it. */
export const textLimit = 200;

/**
 * What happened, newest first, before a place in history. What is gone has its history too, so no ID is unknown.
 * `archivedUntil` is where older history went to a file: the time of the newest event in it.
 */
export async function getHistory(
  call: Call,
  { goalId, taskId, actor, since }: HistoryFilter,
  { limit, before }: { limit: number; before?: HistoryPlace | undefined },
): Promise<{ events: HistoryEvent[]; archivedUntil: string | undefined }> {
  const { workspaceId } = call.store;
  const params = {
    workspaceId,
    textLimit,
    limit,
    actor: actor ?? null,
    ...sinceParams(since),
    beforeOperation: before?.operation ?? null,
    beforeSeq: before?.seq ?? null,
  };
  const page =
    taskId !== undefined
      ? step(listHistoryOfTask, { ...params, taskId })
      : goalId !== undefined
        ? step(listHistoryOfGoal, { ...params, goalId })
        : actor !== undefined
          ? step(listHistoryOfActor, { ...params, actor })
          : step(listHistory, params);
  const { rows, archives } = await read(call, {
    rows: page,
    archives: step(listHistoryArchives, { workspaceId, limit: 1 }),
  });
  return { events: rows.map(historyEvent), archivedUntil: archives[0]?.last_at };
}

export function historyEvent({ changes, ...row }: Row<typeof listHistory>): HistoryEvent {
  return { ...row, changes: changes as HistoryEvent['changes'] };
}
