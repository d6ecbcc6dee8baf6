import type { ToolAnswer } from '../../support/server-process.ts';

/** Calls a tool, and says in `acknowledged` what a caller may count on from then on. */
export type CallTool = (tool: string, args: Record<string, unknown>) => Promise<ToolAnswer>;

/** What all agents know: IDs that some call has answered with. */
export interface Known {
  goals: string[];
  tasks: string[];
}

/** What an agent works with. `chance` gives numbers from 0 to 1. */
export interface Hand {
  call: CallTool;
  known: Known;
  chance: () => number;
}

type Action = (hand: Hand) => Promise<unknown>;

const statuses = ['pending', 'in_progress', 'completed', 'failed', 'blocked', 'cancelled', 'deferred'];
const one = <T>(hand: Hand, from: readonly T[]): T | undefined => from[Math.floor(hand.chance() * from.length)];
const aGoal = (hand: Hand) => one(hand, hand.known.goals.slice(-200)) ?? 'GOAL-0001';
const aTask = (hand: Hand) => one(hand, hand.known.tasks.slice(-500)) ?? 'TASK-0001';
const label = (hand: Hand) => `area-${Math.floor(hand.chance() * 5)}`;

async function startGoal(hand: Hand): Promise<void> {
  const isPart = hand.chance() < 0.2;
  const { answer } = await hand.call('create_goal', {
    description: 'a goal of the soak',
    labels: [label(hand)],
    ...(isPart && { parent_goal_id: aGoal(hand) }),
  });
  if (typeof answer.id !== 'string') return;
  hand.known.goals.push(answer.id);
  await breakDown(hand, answer.id);
}

async function breakDown(hand: Hand, goal_id: string): Promise<void> {
  const subtasks = Array.from({ length: 5 }, (_, n) => ({
    description: `step ${n} of the soak`,
    labels: [label(hand)],
    ...(n > 0 && hand.chance() < 0.5 && { dependencies: [`#${n}`] }),
  }));
  const { answer } = await hand.call('break_down_goal', { goal_id, subtasks, full: true });
  const { tasks } = answer as { tasks?: { id: string }[] };
  hand.known.tasks.push(...(tasks ?? []).map(({ id }) => id));
}

async function work(hand: Hand): Promise<void> {
  const { answer } = await hand.call('claim_tasks', {
    limit: 1,
    ...(hand.chance() < 0.3 && { labels: [label(hand)] }),
  });
  const [claimed] = (answer.tasks ?? []) as { id: string; fence: number }[];
  if (claimed === undefined) return;
  const { id: task_id, fence } = claimed;
  if (hand.chance() < 0.2) await hand.call('release_tasks', { task_ids: [task_id], fence });
  else
    await hand.call('update_task_status', {
      task_id,
      fence,
      status: 'completed',
      result: 'done',
      claim_next: hand.chance() < 0.5,
    });
}

const readers: readonly Action[] = [
  (hand) => hand.call('get_briefing', hand.chance() < 0.5 ? {} : { goal_id: aGoal(hand) }),
  (hand) => hand.call('get_next_tasks', {}),
  (hand) => hand.call('get_goal', { goal_id: aGoal(hand) }),
  (hand) => hand.call('get_task', { task_id: aTask(hand) }),
  (hand) => hand.call('list_goals', { limit: 20, labels: [label(hand)] }),
  (hand) => hand.call('list_tasks', { limit: 20, status: one(hand, statuses) }),
  (hand) => hand.call('generate_execution_plan', { goal_id: aGoal(hand) }),
  (hand) => hand.call('search', { query: 'soak step' }),
  (hand) => hand.call('get_history', { limit: 20 }),
  (hand) => hand.call('batch_get_tasks', { task_ids: [aTask(hand)] }),
  (hand) => hand.call('get_agent_status', {}),
  (hand) => hand.call('list_templates', {}),
];

const writers: readonly Action[] = [
  (hand) => hand.call('update_goal', { goal_id: aGoal(hand), metadata: { n: Math.floor(hand.chance() * 100) } }),
  (hand) => hand.call('update_task', { task_id: aTask(hand), estimated_effort: '2h', labels: [label(hand)] }),
  (hand) => hand.call('update_task_status', { task_id: aTask(hand), status: one(hand, statuses) }),
  (hand) => hand.call('batch_update_tasks', { updates: [{ task_id: aTask(hand), status: one(hand, statuses) }] }),
  (hand) => hand.call('add_note', { task_id: aTask(hand), text: 'a note of the soak' }),
  (hand) => hand.call('acquire', { names: [`file-${Math.floor(hand.chance() * 10)}`], lease_seconds: 2 }),
  (hand) => hand.call('release', { names: [`file-${Math.floor(hand.chance() * 10)}`] }),
  (hand) => hand.call('delete_task', { task_id: aTask(hand) }),
  (hand) => hand.call('undo', {}),
  (hand) =>
    hand.call('save_template', { name: 'soak', template: { description: 'again', tasks: [{ description: 'do it' }] } }),
  (hand) => hand.call('apply_template', { name: 'soak' }),
];

/** Does something by chance: half of it is work on tasks, and the store grows by some goals and loses some. */
export function act(hand: Hand): Promise<unknown> {
  const chance = hand.chance();
  if (chance < 0.1 || hand.known.goals.length < 5) return startGoal(hand);
  if (chance < 0.12) return hand.call('delete_goal', { goal_id: aGoal(hand) });
  if (chance < 0.45) return work(hand);
  const action = one(hand, chance < 0.7 ? writers : readers);
  return action === undefined ? Promise.resolve() : action(hand);
}
