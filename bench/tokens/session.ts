import type { Client } from '@modelcontextprotocol/client';
import { goal, result, subtasks } from './work.ts';

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
