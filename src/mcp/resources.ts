import { type McpServer, ResourceTemplate, type ServerContext } from '@modelcontextprotocol/server';
import { GoalAgentError } from '../domain/errors.ts';
import { GoalId, TaskId } from '../domain/ids.ts';
import { oneLine } from '../domain/stored-text.ts';
import type { Call } from '../service/call.ts';
import { getGoal } from '../service/goals.ts';
import { completeGoalId, type LatestGoal, listLatestGoals } from '../service/list-goals.ts';
import { generatePlan } from '../service/plans.ts';
import { completeTaskId, getTaskWithNotes } from '../service/tasks.ts';
import { shownValue } from '../tools/define/input.ts';
import { type BoardReader, boardUri, PageTemplate } from './board-app.ts';
import { goalMarkdown, planMarkdown, taskMarkdown } from './markdown.ts';
import type { WithCall } from './with-call.ts';

interface Page {
  name: string;
  title: string;
  description: string;
  variable: string;
  read(call: Call, id: string): Promise<string>;
  complete(call: Call, prefix: string): Promise<string[]>;
  /** What `resources/list` shows of these pages, for people who pick one: too many to show all. */
  list?(call: Call): Promise<Listed[]>;
}

interface Listed {
  uri: string;
  name: string;
  title: string;
  description: string;
}

/** Goals that are listed: a picker is a short list. */
const listedGoals = 30;
/** Characters of a goal's description in a picker. */
const listedTitle = 80;

const pages: Page[] = [
  {
    name: 'goal',
    title: 'A goal with its tasks',
    description: 'One goal as a Markdown page: status, progress, tasks, notes, metadata.',
    variable: 'id',
    async read(call, id) {
      return goalMarkdown(await getGoal(call, parse(GoalId, id)));
    },
    complete: completeGoalId,
    list: async (call) => (await listLatestGoals(call, listedGoals)).map(listedGoal),
  },
  {
    name: 'task',
    title: 'A task',
    description: 'One task as a Markdown page, with its whole description, result and notes.',
    variable: 'id',
    async read(call, id) {
      const { task, notes } = await getTaskWithNotes(call, parse(TaskId, id));
      return taskMarkdown(task, notes);
    },
    complete: completeTaskId,
  },
  {
    name: 'plan',
    title: 'The plan of a goal',
    description: 'What is left of a goal as a Markdown page: phases, critical path, what unblocks most.',
    variable: 'goal_id',
    read: async (call, id) => planMarkdown(await generatePlan(call, parse(GoalId, id))),
    complete: completeGoalId,
  },
];

/** `goal://{id}`, `task://{id}` and `plan://{goal_id}`, each with completion of its ID. */
export function registerResources(server: McpServer, withCall: WithCall, readBoard: BoardReader): void {
  for (const { name, title, description, variable, read, complete, list } of pages) {
    const template = new ResourceTemplate(new PageTemplate(`${name}://{${variable}}`), {
      list: list && (async (context) => ({ resources: await listed(withCall, context, list) })),
      complete: {
        [variable]: (prefix) => withCall(`completion of ${name}`, undefined, (call) => complete(call, prefix)),
      },
    });
    const config = { title, description, mimeType: 'text/markdown' };
    server.registerResource(name, template, config, async (uri, variables, context: ServerContext) => {
      if (uri.href === boardUri) return readBoard(context);
      const id = String(variables[variable]);
      const text = await withCall(`resource ${name}`, context, (call) => read(call, id));
      return { contents: [{ uri: uri.href, mimeType: 'text/markdown', text }] };
    });
  }
}

/**
 * Nothing where the store cannot be used: clients ask for this list by themselves when they connect, and some would give
 * up the whole server for an error. Each call says what is wrong, and the log has what is a defect.
 */
async function listed(
  withCall: WithCall,
  context: ServerContext,
  list: (call: Call) => Promise<Listed[]>,
): Promise<Listed[]> {
  return withCall('list of resources', context, list).catch(() => []);
}

function listedGoal({ id, description, status, total_tasks, completed_tasks }: LatestGoal): Listed {
  return {
    uri: `goal://${id}`,
    name: id,
    title: `${id}: ${oneLine(description, listedTitle)}`,
    description: `${status.replace('_', ' ')}, ${completed_tasks} of ${total_tasks} tasks completed`,
  };
}

function parse(schema: typeof GoalId, text: string): string {
  const parsed = schema.safeParse(decoded(text));
  if (parsed.success) return parsed.data;
  throw new GoalAgentError('invalid', `${shownValue(text)} ${parsed.error.issues[0]?.message ?? 'is no ID'}.`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign that begins no character: as it stands it is no ID either
  }
}
