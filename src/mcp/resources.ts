import { type McpServer, ResourceTemplate, type ServerContext } from '@modelcontextprotocol/server';
import { GoalAgentError } from '../domain/errors.ts';
import { GoalId, TaskId } from '../domain/ids.ts';
import type { Call } from '../service/call.ts';
import { completeGoalId, getGoal } from '../service/goals.ts';
import { generatePlan } from '../service/plans.ts';
import { completeTaskId, getTaskWithNotes } from '../service/tasks.ts';
import { shownValue } from './input.ts';
import { goalMarkdown, planMarkdown, taskMarkdown } from './markdown.ts';
import type { WithCall } from './with-call.ts';

interface Page {
  name: string;
  title: string;
  description: string;
  variable: string;
  read(call: Call, id: string): Promise<string>;
  complete(call: Call, prefix: string): Promise<string[]>;
}

const pages: Page[] = [
  {
    name: 'goal',
    title: 'A goal with its tasks',
    description: 'One goal as a Markdown page: status, progress, tasks, notes, metadata.',
    variable: 'id',
    async read(call, id) {
      const { goal, tasks, notes } = await getGoal(call, parse(GoalId, id));
      return goalMarkdown(goal, tasks, notes);
    },
    complete: completeGoalId,
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
export function registerResources(server: McpServer, withCall: WithCall): void {
  for (const { name, title, description, variable, read, complete } of pages) {
    const template = new ResourceTemplate(`${name}://{${variable}}`, {
      list: undefined,
      complete: {
        [variable]: (prefix) => withCall(`completion of ${name}`, undefined, (call) => complete(call, prefix)),
      },
    });
    const config = { title, description, mimeType: 'text/markdown' };
    server.registerResource(name, template, config, async (uri, variables, context: ServerContext) => {
      const id = String(variables[variable]);
      const text = await withCall(`resource ${name}`, context, (call) => read(call, id));
      return { contents: [{ uri: uri.href, mimeType: 'text/markdown', text }] };
    });
  }
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
