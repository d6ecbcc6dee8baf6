import { completable, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { GoalId } from '../domain/ids.ts';
import { quoted } from '../domain/stored-text.ts';
import { completeGoalId } from '../service/list-goals.ts';
import { codeBlock } from './frames.ts';
import type { WithCall } from './with-call.ts';

/** Prompts that a person picks from a menu. Each says something sensible without its argument, too. */
export function registerPrompts(server: McpServer, withCall: WithCall): void {
  server.registerPrompt(
    'plan_goal',
    {
      title: 'Plan a goal',
      description: 'Turn an outcome into a goal with tasks, dependencies and a plan.',
      argsSchema: z.object({ outcome: z.string().describe('what should be true in the end').optional() }),
    },
    ({ outcome = '' }) => ask(planText(outcome.trim())),
  );
  server.registerPrompt(
    'review_goal',
    {
      title: 'Review a goal',
      description: 'See where a goal stands, what holds it up and what to do next.',
      argsSchema: z.object({
        goal_id: completable(z.string().describe('such as GOAL-0001; without it, all that are under way'), (prefix) =>
          withCall('completion of review_goal', undefined, (call) => completeGoalId(call, prefix)),
        ).optional(),
      }),
    },
    ({ goal_id = '' }) => ask(reviewText(goal_id.trim())),
  );
}

function planText(outcome: string): string {
  return `${outcomeText(outcome)}

Plan it with Goal Agent:
1. If something essential is unclear, ask me first; otherwise go on.
2. create_goal with a description that says how we will know that it is reached.
3. break_down_goal into tasks. Each can be finished and checked by one person or agent in at most a day or two. Say what depends on what, and nothing that does not have to wait. Give each an estimated_effort, and a repo where it has one.
4. generate_execution_plan, and show me the phases, the critical path, and what could go wrong on it.
Do not start on the tasks before I agree.`;
}

/** Some clients pass on only the first word of what a person wrote. */
function outcomeText(outcome: string): string {
  if (outcome === '')
    return 'I want a plan for the outcome that we have been talking about. If it is not clear, ask me.';
  const said = `I want this outcome:\n\n${codeBlock(outcome).join('\n')}`;
  return /\s/.test(outcome)
    ? said
    : `${said}\n\nIf this is only the first word of what I wrote, the rest was cut off: take it from our conversation, or ask me.`;
}

function reviewText(said: string): string {
  return `${reviewed(said)}
2. Tell me in a few lines: how far it is, what is in progress, what has failed or is blocked and why (read the results), and what is on the critical path.
3. Say which task you would do next and why, and which tasks look stale, doubled, too large or missing.
Change nothing before I agree.`;
}

function reviewed(said: string): string {
  if (said === '') {
    return `Review the goals that are under way with Goal Agent:
1. get_briefing, and for each goal in progress get_goal and generate_execution_plan.`;
  }
  const { data: goalId } = GoalId.safeParse(said);
  if (goalId !== undefined) {
    return `Review ${goalId} with Goal Agent:
1. get_goal and generate_execution_plan.`;
  }
  return `Review the goal that I mean by ${quoted(said, 200)} with Goal Agent:
1. Find it with search and list_goals; if it is not clear which one it is, ask me. Then get_goal and generate_execution_plan.`;
}

function ask(text: string) {
  return { messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }] };
}
