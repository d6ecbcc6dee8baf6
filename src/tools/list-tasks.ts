import { z } from 'zod';
import { GoalId } from '../domain/ids.ts';
import { LabelFilter } from '../domain/labels.ts';
import { limits } from '../domain/limits.ts';
import { TaskStatus } from '../domain/task-status.ts';
import { text } from '../domain/text.ts';
import { listTasks as list } from '../service/list-tasks.ts';
import { Budget, TaskEntry, taskEntry, withoutEmpty } from './answers/answers.ts';
import { cursorBefore, numberOfCursor } from './answers/number-cursor.ts';
import { defineTool, reads } from './define/define-tool.ts';
import { listedAsText } from './define/listed-schema.ts';

/** A task in the list, without what is empty. */
const Listed = TaskEntry.partial().required({ id: true, goal_id: true, description: true, status: true });
type Listed = z.infer<typeof Listed>;

export const listTasks = defineTool({
  name: 'list_tasks',
  description: 'Find tasks, newest first; agent: who holds them.',
  input: z.strictObject({
    goal_id: GoalId.optional(),
    status: listedAsText(TaskStatus.optional()),
    repo: text().optional(),
    type: text().optional(),
    agent: text(100).optional(),
    labels: LabelFilter,
    limit: z.number().int().min(1).max(limits.page).default(50),
    cursor: z.string().optional(),
  }),
  output: z.object({
    tasks: z.array(Listed),
    count: z.number().int(),
    next_cursor: z.string().optional(),
  }),
  hints: reads,
  async run(context, { limit, cursor, goal_id, ...filter }) {
    const before = cursor === undefined ? undefined : numberOfCursor(cursor, 'list_tasks');
    // one more than asked for tells whether there is a next page
    const found = await list(await context.open(), { ...filter, goalId: goal_id }, { limit: limit + 1, before });
    const entries = found.slice(0, limit).map(({ number: _, ...task }) => withoutEmpty(taskEntry(task)) as Listed);
    const shown = new Budget().firstOf(entries);
    const last = found[shown.length - 1];
    return {
      tasks: shown,
      count: shown.length,
      ...(shown.length < found.length && last !== undefined && { next_cursor: cursorBefore(last.number) }),
    };
  },
});
