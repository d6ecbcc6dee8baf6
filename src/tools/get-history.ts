import { z } from 'zod';
import { GoalAgentError } from '../domain/errors.ts';
import { historyLine } from '../domain/history-line.ts';
import { GoalId, TaskId } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import { SinceArgument } from '../domain/since.ts';
import { text } from '../domain/text.ts';
import { getHistory as get, type HistoryPlace } from '../service/history.ts';
import { whyNotUndo } from '../service/why-not-undo.ts';
import { Budget } from './answers/answers.ts';
import { defineTool, reads } from './define/define-tool.ts';
import { unlisted } from './define/listed-schema.ts';

export const getHistory = defineTool({
  name: 'get_history',
  description: 'See who changed what and when, newest first.',
  input: z.strictObject({
    goal_id: GoalId.optional(),
    task_id: TaskId.optional(),
    actor: text().optional(),
    since: SinceArgument.optional().describe('2h or ISO 8601'),
    limit: z.number().int().min(1).max(limits.page).default(20),
    cursor: text().optional(),
    // for the board inside a client: why undoing this event's operation would be refused now
    undo_of: unlisted(z.number().int().min(1).optional()),
  }),
  output: z.object({
    events: z.array(z.object({ event_id: z.number().int(), operation: z.number().int(), line: z.string() })),
    count: z.number().int(),
    next_cursor: text().optional(),
    archived_until: z.string().optional(),
    undo_refused: unlisted(z.string().optional()),
  }),
  hints: reads,
  async run(context, { goal_id, task_id, actor, since, limit, cursor, undo_of }) {
    const before = cursor === undefined ? undefined : placeOf(cursor);
    const filter = { goalId: goal_id, taskId: task_id, actor, since };
    // one more than asked for tells whether there is a next page
    const call = await context.open();
    const { events: found, archivedUntil } = await get(call, filter, { limit: limit + 1, before });
    const undo_refused = undo_of === undefined ? undefined : await whyNotUndo(call, undo_of);
    const lines = found
      .slice(0, limit)
      .map((event) => ({ event_id: event.seq, operation: event.operation, line: historyLine(event) }));
    const events = new Budget().firstOf(lines);
    const last = found[events.length - 1];
    const isWhole = events.length === found.length;
    return {
      events,
      count: events.length,
      ...(!isWhole && last !== undefined && { next_cursor: `${last.operation}/${last.seq}` }),
      ...(isWhole && archivedUntil !== undefined && { archived_until: archivedUntil }),
      ...(undo_refused !== undefined && { undo_refused }),
    };
  },
});

function placeOf(cursor: string): HistoryPlace {
  const [, operation, seq] = /^(\d{1,15})\/(\d{1,15})$/.exec(cursor) ?? [];
  if (operation !== undefined && seq !== undefined) return { operation: Number(operation), seq: Number(seq) };
  throw new GoalAgentError(
    'invalid',
    'get_history: cursor is not one that get_history gave; leave it out to start from the newest.',
  );
}
