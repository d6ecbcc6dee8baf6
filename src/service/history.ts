import type { HistoryEvent } from '../domain/history-line.ts';
import { type Since, sinceParams } from '../domain/since.ts';
import { step } from '../store/database.ts';
import type { Row } from '../store/statement.ts';
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

/** What happened, newest first, before a place in history. What is gone has its history too, so no ID is unknown. */
export async function getHistory(
  call: Call,
  { goalId, taskId, actor, since }: HistoryFilter,
  { limit, before }: { limit: number; before?: HistoryPlace | undefined },
): Promise<HistoryEvent[]> {
  const params = {
    workspaceId: call.store.workspaceId,
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
  const { rows } = await read(call, { rows: page });
  return rows.map(historyEvent);
}

export function historyEvent({ changes, ...row }: Row<typeof listHistory>): HistoryEvent {
  return { ...row, changes: changes as HistoryEvent['changes'] };
}
