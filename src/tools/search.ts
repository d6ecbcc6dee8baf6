import { z } from 'zod';
import { GoalStatus } from '../domain/goal.ts';
import { LabelFilter } from '../domain/labels.ts';
import { TaskStatus } from '../domain/task-status.ts';
import { text } from '../domain/text.ts';
import { synonymsIn, words } from '../domain/words.ts';
import { search as find } from '../service/search.ts';
import { Budget } from './answers/answers.ts';
import { defineTool, reads } from './define/define-tool.ts';
import { listedAsText } from './define/listed-schema.ts';

const Kind = words(['goal', 'task', 'note'], { goals: 'goal', tasks: 'task', notes: 'note' });
const Status = words([...new Set([...TaskStatus.options, ...GoalStatus.options])], {
  ...synonymsIn(GoalStatus),
  // most of what is found is tasks
  ...synonymsIn(TaskStatus),
  canceled: 'cancelled',
});

export const search = defineTool({
  name: 'search',
  description: 'Find goals, tasks and notes by words, ID, ticket or repo. Best first.',
  input: z.strictObject({
    query: text(),
    kind: listedAsText(Kind.optional()),
    status: listedAsText(Status.optional()),
    labels: LabelFilter,
    limit: z.number().int().min(1).max(50).default(10),
  }),
  output: z.object({
    results: z.array(
      z.object({
        kind: Kind,
        id: z.string(),
        goal_id: z.string(),
        task_id: z.string().optional(),
        status: Status.optional(),
        snippet: z.string(),
      }),
    ),
    count: z.number().int(),
    total: z.number().int(),
  }),
  hints: reads,
  async run(context, filter) {
    const { found, total } = await find(await context.open(), filter);
    const results = new Budget().firstOf(
      found.map(({ kind, id, goal_id, task_id, status, snippet }) => ({
        kind,
        id,
        goal_id,
        ...(kind === 'note' && task_id !== null && { task_id }),
        ...(status !== null && { status: status as z.infer<typeof Status> }),
        snippet,
      })),
    );
    return { results, count: results.length, total };
  },
});
