import type { Client } from '@modelcontextprotocol/client';

/** What all calls of one tool cost in a session, in characters. */
export interface StepCost {
  tool: string;
  calls: number;
  /** The tool's name and the JSON of its arguments: what the model writes. */
  request: number;
  /** The text of the answer: what the model reads. */
  answer: number;
  /** Answers whose `structuredContent` is not the same JSON as their text. */
  different: number;
}

const goal = {
  description: 'Add OAuth sign-in to the API, so that customers can use the accounts they have',
  priority: 'high',
  repos: ['backend'],
};
const subtasks = [
  { description: 'Compare OAuth providers and choose one', estimated_effort: '4h', priority: 'high' },
  {
    description: 'Design the token flow: lifetimes, refresh, revocation',
    estimated_effort: '1d',
    dependencies: ['#1'],
  },
  { description: 'Add the tables for accounts and sessions', estimated_effort: '4h', dependencies: ['#2'] },
  { description: 'Build /auth/login and /auth/callback', estimated_effort: '2d', dependencies: ['#3'] },
  { description: 'Refresh and revoke tokens', estimated_effort: '1d', dependencies: ['#3'] },
  { description: 'Check tokens on every route of the API', estimated_effort: '1d', dependencies: ['#4'] },
  { description: 'Add the sign-in page', estimated_effort: '1d', repo: 'frontend', dependencies: ['#4'] },
  { description: 'Move users with passwords over', estimated_effort: '2d', dependencies: ['#4', '#5'] },
  { description: 'Write integration tests', estimated_effort: '1d', dependencies: ['#5', '#6', '#7'] },
  { description: 'Update the docs and the changelog', estimated_effort: '2h', priority: 'low', dependencies: ['#9'] },
];
const result = 'Done in pull request 42: merged, tests pass. Tokens live 15 minutes; see docs/auth.md.';

interface Claimed {
  id: string;
  fence: number;
}

/**
 * A goal, broken down into ten tasks, of which one after the other is completed and the next one taken, on a store without any other work. The figures are the
 * same each time where the IDs are, and the server is told the agent's name.
 */
export async function standardSession(client: Client): Promise<StepCost[]> {
  const costs = new Map<string, StepCost>();
  const call = async <T>(tool: string, args: Record<string, unknown>): Promise<T> => {
    const answer = await client.callTool({ name: tool, arguments: args });
    const text = answer.content.map((part) => (part.type === 'text' ? part.text : JSON.stringify(part))).join('');
    if (answer.isError) throw new Error(`${tool}: ${text}`);
    const cost = costs.get(tool) ?? { tool, calls: 0, request: 0, answer: 0, different: 0 };
    costs.set(tool, {
      tool,
      calls: cost.calls + 1,
      request: cost.request + `${tool}${JSON.stringify(args)}`.length,
      answer: cost.answer + text.length,
      different: cost.different + (JSON.stringify(answer.structuredContent) === text ? 0 : 1),
    });
    return answer.structuredContent as T;
  };
  const { id } = await call<{ id: string }>('create_goal', goal);
  await call('break_down_goal', { goal_id: id, subtasks });
  let [task] = (await call<{ tasks: Claimed[] }>('claim_tasks', { goal_id: id })).tasks;
  for (const _ of subtasks) {
    if (task === undefined) throw new Error(`nothing of ${id} could be claimed`);
    const done = { task_id: task.id, status: 'completed', result, fence: task.fence, claim_next: true };
    task = (await call<{ next: Claimed | null }>('update_task_status', done)).next ?? undefined;
  }
  return [...costs.values()];
}
