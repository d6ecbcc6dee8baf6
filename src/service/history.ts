import type { HistoryEvent } from '../domain/history-line.ts';
import type { Since } from '../domain/since.ts';
import type { Row } from '../store/statement.ts';
import {
  listHistory,
  listHistoryOfActor,
  listHistoryOfGoal,
  listHistoryOfTask,
} from '../store/statements/list-history.ts';
import type { Call } from './call.ts';

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

/** What happened, newest first, before a place in history. What is gone has its history too, so no ID is unknown. */
export async function getHistory(
  call: Call,
  { goalId, taskId, actor, since }: HistoryFilter,
  { limit, before }: { limit: number; before?: HistoryPlace | undefined },
): Promise<HistoryEvent[]> {
  const { database, workspaceId } = call.store;
  const params = {
    workspaceId,
    textLimit,
    limit,
    actor: actor ?? null,
    since: since !== undefined && 'at' in since ? since.at : null,
    secondsAgo: since !== undefined && 'secondsAgo' in since ? since.secondsAgo : null,
    beforeOperation: before?.operation ?? null,
    beforeSeq: before?.seq ?? null,
  };
  const options = { signal: call.signal };
  const rows =
    taskId !== undefined
      ? await database.read(listHistoryOfTask, { ...params, taskId }, options)
      : goalId !== undefined
        ? await database.read(listHistoryOfGoal, { ...params, goalId }, options)
        : actor !== undefined
          ? await database.read(listHistoryOfActor, { ...params, actor }, options)
          : await database.read(listHistory, params, options);
  return rows.map(historyEvent);
}

export function historyEvent({ changes, ...row }: Row<typeof listHistory>): HistoryEvent {
  return { ...row, changes: changes as HistoryEvent['changes'] };
}
