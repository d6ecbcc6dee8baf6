import { z } from 'zod';
import { GoalId } from '../domain/ids.ts';
import { answerBudget } from '../domain/limits.ts';
import { SinceArgument } from '../domain/since.ts';
import { getBriefing as get } from '../service/briefing.ts';
import { briefingText } from './answers/briefing-text.ts';
import { defineTool, reads } from './define/define-tool.ts';

/** What the answer costs beside its text. */
const frame = 60;

export const getBriefing = defineTool({
  name: 'get_briefing',
  description: 'Start here: what is in progress, blocked, ready, finished lately, and the last notes.',
  input: z.strictObject({
    goal_id: GoalId.optional(),
    since: SinceArgument.optional().describe('2h or ISO 8601'),
    max_chars: z.number().int().min(500).max(answerBudget.total).default(6_000),
  }),
  output: z.object({ briefing: z.string(), left_out: z.number().int().optional() }),
  hints: reads,
  async run(context, { goal_id, since, max_chars }) {
    const briefing = await get(await context.open(), { goalId: goal_id, since });
    const { text, leftOut } = briefingText(briefing, max_chars - frame);
    return { briefing: text, ...(leftOut > 0 && { left_out: leftOut }) };
  },
});
