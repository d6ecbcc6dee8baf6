import { z } from 'zod';
import { historyLine } from '../domain/history-line.ts';
import { undo as takeBack } from '../service/undo.ts';
import { Budget } from './answers/answers.ts';
import { adds, defineTool } from './define/define-tool.ts';

export const undo = defineTool({
  name: 'undo',
  description: 'Take back your last operation, or that of an event in get_history.',
  input: z.strictObject({ event_id: z.number().int().min(1).optional() }),
  output: z.object({
    event_id: z.number().int(),
    undone_operation: z.number().int(),
    changes: z.array(z.string()),
    changed: z.number().int(),
    message: z.string(),
  }),
  hints: { ...adds, destructiveHint: true },
  async run(context, { event_id }) {
    const { operation, operations, rows, events } = await takeBack(await context.open(), event_id);
    return {
      event_id: operation,
      undone_operation: operations[0] ?? 0,
      changes: new Budget().firstOf(events.map(historyLine)),
      changed: rows,
      message: `Undone. To have it back: undo with event_id ${operation}.`,
    };
  },
});
