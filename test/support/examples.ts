import type { ToolAnswer } from './server-process.ts';

/** Asks a tool, as a client does. */
export type Ask = (tool: string, args: Record<string, unknown>) => Promise<ToolAnswer>;

/** What the calls of the examples name. */
export interface Seeded {
  goal: string;
  /** Of the goal: free and done first, free, waiting for the second, claimed. */
  tasks: { done: string; free: string; waiting: string; claimed: string };
  /** With one free task. */
  other: string;
}

/** Fills a store: goals, tasks, notes, a claim, names held, templates, and last a goal that was deleted. */
export async function seed(ask: Ask): Promise<Seeded> {
  const told = async (tool: string, args: Record<string, unknown>) => {
    const { answer, error } = await ask(tool, args);
    if (error !== undefined) throw new Error(`${tool}: ${error}`);
    return answer;
  };
  const aGoal = async (description: string, subtasks: Record<string, unknown>[]) => {
    const goal = String((await told('create_goal', { description, repos: ['api'], labels: ['seed'] })).id);
    const { tasks } = await told('break_down_goal', { goal_id: goal, subtasks, full: true });
    return { goal, tasks: (tasks as { id: string }[]).map(({ id }) => id) };
  };
  const described = ['read the notes', 'build the package', 'publish it', 'tell the others'];
  const { goal, tasks } = await aGoal('a release', [
    ...described.slice(0, 2).map((description) => ({ description })),
    { description: described[2], dependencies: ['#2'], labels: ['last'] },
    { description: described[3], criteria: ['everybody knows'] },
  ]);
  const [done = '', free = '', waiting = '', claimed = ''] = tasks;
  const other = await aGoal('another goal', [{ description: 'a task of another goal' }]);
  await told('update_task_status', { task_id: done, status: 'completed', result: 'read' });
  await told('claim_tasks', { task_ids: [claimed], lease_seconds: 3_600 });
  await told('acquire', { names: ['src/**'], lease_seconds: 3_600 });
  await told('add_note', { task_id: free, text: 'the package is large' });
  await told('save_template', { name: 'release', goal_id: goal });
  const gone = await aGoal('a goal that goes', [{ description: 'one' }, { description: 'two', dependencies: ['#1'] }]);
  await told('add_note', { goal_id: gone.goal, text: 'it goes' });
  await told('delete_goal', { goal_id: gone.goal });
  return { goal, tasks: { done, free, waiting, claimed }, other: other.goal };
}

/** A call of a tool. */
export interface Example {
  tool: string;
  /** What is special about it, where a tool has several. */
  way?: string;
  args: Record<string, unknown>;
}

type Args = (seeded: Seeded) => Record<string, unknown>;

/** Arguments with which each writing tool changes something, one for each way that its statements go. */
const calls: Record<string, Args | Record<string, Args>> = {
  create_goal: {
    plain: () => ({ description: 'a new goal', repos: ['api', 'web'], metadata: { a: 1 } }),
    below: ({ goal }) => ({ description: 'a part', parent_goal_id: goal, labels: ['part'] }),
  },
  break_down_goal: ({ goal, tasks }) => ({
    goal_id: goal,
    subtasks: [
      { description: 'x', dependencies: [tasks.free], labels: ['new'] },
      { description: 'y', dependencies: ['#1'], criteria: ['it works'] },
    ],
  }),
  update_task_status: {
    plain: ({ tasks }) => ({ task_id: tasks.free, status: 'completed', result: { size: 3 } }),
    claiming: ({ tasks }) => ({ task_id: tasks.claimed, status: 'failed', claim_next: true }),
  },
  claim_tasks: {
    ready: ({ goal }) => ({ goal_id: goal, limit: 5 }),
    renewing: ({ tasks }) => ({ task_ids: [tasks.claimed, tasks.free], lease_seconds: 600 }),
    waiting: ({ goal }) => ({ goal_id: goal, wait_seconds: 20 }),
  },
  release_tasks: ({ tasks }) => ({ task_ids: [tasks.claimed], reason: 'no time' }),
  acquire: {
    plain: () => ({ names: ['docs/**', 'staging'] }),
    waiting: () => ({ names: ['docs/**'], wait_seconds: 20 }),
  },
  release: () => ({ names: ['src/**'] }),
  add_note: ({ tasks }) => ({ task_id: tasks.waiting, text: 'a finding' }),
  update_goal: {
    plain: ({ goal }) => ({ goal_id: goal, description: 'a better release', metadata: { b: 2 }, repos: ['web'] }),
    closing: ({ goal }) => ({ goal_id: goal, status: 'cancelled' }),
  },
  update_task: {
    plain: ({ tasks }) => ({ task_id: tasks.free, description: 'build it twice', priority: 'high', labels: ['x'] }),
    moving: ({ tasks, other }) => ({ task_id: tasks.waiting, goal_id: other }),
    waiting: ({ tasks }) => ({
      task_id: tasks.waiting,
      add_dependencies: [tasks.claimed],
      remove_dependencies: [tasks.free],
    }),
  },
  undo: () => ({}),
  batch_update_tasks: ({ tasks }) => ({
    updates: [tasks.free, tasks.waiting].map((task_id) => ({ task_id, status: 'completed' })),
  }),
  delete_task: ({ tasks }) => ({ task_id: tasks.free }),
  delete_goal: ({ goal }) => ({ goal_id: goal }),
  save_template: {
    new: ({ goal }) => ({ name: 'again', goal_id: goal }),
    known: () => ({ name: 'release', template: { description: 'less', tasks: [{ description: 'one' }] } }),
  },
  apply_template: () => ({ name: 'release' }),
  recur_template: () => ({ name: 'release', rule: '0 9 * * MON' }),
  delete_template: () => ({ name: 'release' }),
};

/** The tools that have an example. */
export const toolsWithExample = Object.keys(calls);

export function examplesFor(seeded: Seeded): Example[] {
  return Object.entries(calls).flatMap(([tool, call]): Example[] => {
    if (typeof call === 'function') return [{ tool, args: call(seeded) }];
    return Object.entries(call).map(([way, args]) => ({ tool, way, args: args(seeded) }));
  });
}
