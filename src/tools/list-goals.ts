import { z } from 'zod';
import { GoalStatus } from '../domain/goal.ts';
import { GoalId } from '../domain/ids.ts';
import { LabelFilter } from '../domain/labels.ts';
import { limits } from '../domain/limits.ts';
import { Priority } from '../domain/priority.ts';
import { text } from '../domain/text.ts';
import { listGoals as list } from '../service/list-goals.ts';
import { Budget, GoalEntry, goalEntry } from './answers/answers.ts';
import { cursorBefore, numberOfCursor } from './answers/number-cursor.ts';
import { defineTool, reads } from './define/define-tool.ts';
import { listedAsText, unlisted } from './define/listed-schema.ts';

export const listGoals = defineTool({
  name: 'list_goals',
  description: 'Find goals, newest first.',
  input: z.strictObject({
    status: listedAsText(GoalStatus.optional()),
    priority: listedAsText(Priority.optional()),
    repo: text().optional(),
    labels: LabelFilter,
    parent_goal_id: unlisted(GoalId.optional()),
    limit: z.number().int().min(1).max(limits.page).default(50),
    cursor: text().optional(),
  }),
  output: z.object({
    goals: z.array(GoalEntry),
    count: z.number().int(),
    total: z.number().int(),
    next_cursor: text().optional(),
  }),
  hints: reads,
  async run(context, { limit, cursor, ...filter }) {
    const before = cursor === undefined ? undefined : numberOfCursor(cursor, 'list_goals');
    // one more than asked for tells whether there is a next page
    const page = await list(await context.open(), filter, { limit: limit + 1, before });
    const shown = new Budget().firstOf(page.goals.slice(0, limit).map((goal) => goalEntry(goal)));
    const last = page.goals[shown.length - 1];
    return {
      goals: shown,
      count: shown.length,
      total: page.total,
      ...(shown.length < page.goals.length && last !== undefined && { next_cursor: cursorBefore(last.number) }),
    };
  },
});
