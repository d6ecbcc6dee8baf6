import { readHistoryLine } from '../../../domain/history-line.ts';
import type { ToldEvent } from '../../parts/line.tsx';
import { callTool } from './call-tool.ts';
import { goalsOfTasks } from './tasks.ts';

interface Told {
  events: { event_id: number; operation: number; line: string }[];
  next_cursor?: string;
}

/** Events, newest first, as the page shows them. */
export async function listEvents(
  filter: object,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ events: ToldEvent[]; next: string | undefined }> {
  const args = { ...filter, limit, ...(cursor !== undefined && { cursor }) };
  const { events, next_cursor } = await callTool<Told>('get_history', args);
  const read = events.flatMap(({ event_id, operation, line }) => {
    const parts = readHistoryLine(line);
    return parts === undefined ? [] : [{ seq: event_id, operation, ...parts }];
  });
  const goals = await goalsOfTasks(read.flatMap(({ id }) => (isTask(id) ? [id] : [])));
  return {
    next: next_cursor,
    events: read.map(({ id, ...event }) => {
      if (isTask(id)) return { ...event, goal_id: goals.get(id) ?? null, task_id: id };
      return { ...event, goal_id: id.startsWith('GOAL-') ? id : null, task_id: null };
    }),
  };
}

const isTask = (id: string) => id.startsWith('TASK-');

const pageOfHistory = 100;

export async function history({ operation, seq, ...filter }: Record<string, string>) {
  const cursor = operation === undefined || seq === undefined ? undefined : `${operation}/${seq}`;
  const { events, next } = await listEvents(filter, { limit: pageOfHistory, cursor });
  return { events, has_more: next !== undefined };
}

/** Numbers that the events of one operation lie in: its first event has the number of the operation. */
const mostChanges = 1_000;
const shownChanges = 50;

/** What undoing an event's operation would take back, and why the server would refuse it now. */
export async function undoPreview({ event_id }: Record<string, string>) {
  const operation = Number(event_id);
  const asked = callTool<{ undo_refused?: string }>('get_history', { undo_of: operation, limit: 1 });
  const own: ToldEvent[] = [];
  for (let cursor: string | undefined = `${operation}/${operation + mostChanges}`; cursor !== undefined; ) {
    const { events, next } = await listEvents({}, { limit: 200, cursor });
    own.push(...events.filter((event) => event.operation === operation));
    cursor = (events.at(-1)?.seq ?? 0) > operation ? next : undefined;
  }
  const { undo_refused: refused } = await asked;
  return { operation, actor: own[0]?.actor ?? '', changes: own.length, events: own.slice(0, shownChanges), refused };
}
