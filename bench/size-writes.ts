import { type Ask, freeTaskOf, openGoalOf, type Place, type SizeCase, taskOf } from './size-case.ts';

const aTemplate = {
  description: 'release {{version}}',
  tasks: [
    { description: 'build it', key: 'build' },
    { description: 'publish it', dependencies: ['build'] },
  ],
};
const parameters = { version: '1' };
const templateOf = ({ run }: Place) => `template-${run}`;
const freeTasks = ({ run, tasks }: Place, count: number) =>
  Array.from({ length: count }, (_, n) => freeTaskOf({ run: run * count + n, tasks }));
const statusOf = ({ run }: Place) => (run % 2 ? 'in_progress' : 'blocked');

async function aReadyTask(ask: Ask, place: Place, labels: string[] = []): Promise<{ task_id: string }> {
  const { tasks } = await ask('break_down_goal', {
    goal_id: openGoalOf(place),
    subtasks: [{ description: 'one more', priority: 'high', labels }],
    full: true,
  });
  return { task_id: String((tasks as { id: string }[])[0]?.id) };
}

async function aClaimedTask(ask: Ask, place: Place): Promise<{ task_id: string }> {
  const task = await aReadyTask(ask, place);
  await ask('claim_tasks', { task_ids: [task.task_id] });
  return task;
}

async function aGoalOfFive(ask: Ask): Promise<{ goal_id: string }> {
  const { id: goal_id } = await ask('create_goal', { description: 'a short one' });
  const subtasks = Array.from({ length: 5 }, (_, n) => ({ description: `a subtask ${n}` }));
  await ask('break_down_goal', { goal_id, subtasks });
  return { goal_id: String(goal_id) };
}

/** The tools that write. */
export const sizeWrites: readonly SizeCase[] = [
  { name: 'create_goal', tool: 'create_goal', args: () => ({ description: 'another goal', repos: ['repo-3'] }) },
  {
    name: 'create_goal parent_goal_id',
    tool: 'create_goal',
    args: (place) => ({ description: 'a part', parent_goal_id: openGoalOf(place), labels: ['area-4'] }),
  },
  {
    name: 'break_down_goal, 5',
    tool: 'break_down_goal',
    args: (place) => ({
      goal_id: openGoalOf(place),
      subtasks: Array.from({ length: 5 }, (_, n) => ({
        description: `a subtask ${n}`,
        ...(n > 0 && { dependencies: [`#${n}`] }),
      })),
    }),
  },
  {
    name: 'update_goal',
    tool: 'update_goal',
    args: (place) => ({ goal_id: openGoalOf(place), metadata: { run: place.run } }),
  },
  {
    name: 'update_task',
    tool: 'update_task',
    args: (place) => ({ task_id: taskOf(place), estimated_effort: `${1 + (place.run % 9)}h` }),
  },
  { name: 'add_note', tool: 'add_note', args: (place) => ({ task_id: taskOf(place), text: 'a note' }) },
  {
    name: 'claim_tasks',
    tool: 'claim_tasks',
    before: aReadyTask,
    args: () => ({ limit: 1, lease_seconds: 60 }),
  },
  {
    name: 'claim_tasks labels',
    tool: 'claim_tasks',
    before: (ask, place) => aReadyTask(ask, place, ['area-1']),
    args: () => ({ labels: ['area-1'] }),
  },
  {
    name: 'claim_tasks task_ids',
    tool: 'claim_tasks',
    before: aReadyTask,
    args: (_, { task_id }) => ({ task_ids: [task_id] }),
  },
  { name: 'claim_tasks, empty goal', tool: 'claim_tasks', args: () => ({ goal_id: 'GOAL-0001' }) },
  {
    name: 'release_tasks',
    tool: 'release_tasks',
    before: aClaimedTask,
    args: (_, { task_id }) => ({ task_ids: [task_id] }),
  },
  {
    name: 'update_task_status',
    tool: 'update_task_status',
    args: (place) => ({ task_id: freeTaskOf(place), status: statusOf(place) }),
  },
  {
    name: 'update_task_status claim_next',
    tool: 'update_task_status',
    before: aClaimedTask,
    args: (_, { task_id }) => ({ task_id, status: 'completed', claim_next: true }),
  },
  {
    name: 'batch_update_tasks, 10',
    tool: 'batch_update_tasks',
    args: (place) => ({ updates: freeTasks(place, 10).map((task_id) => ({ task_id, status: statusOf(place) })) }),
  },
  { name: 'undo', tool: 'undo', before: aReadyTask, args: () => ({}) },
  { name: 'delete_task', tool: 'delete_task', before: aReadyTask, args: (_, { task_id }) => ({ task_id }) },
  { name: 'delete_goal, 5 tasks', tool: 'delete_goal', before: aGoalOfFive, args: (_, { goal_id }) => ({ goal_id }) },
  { name: 'acquire', tool: 'acquire', args: ({ run }) => ({ names: [`src/file-${run}.ts`] }) },
  {
    name: 'release',
    tool: 'release',
    before: (ask, { run }) => ask('acquire', { names: [`docs/page-${run}.md`] }),
    args: ({ run }) => ({ names: [`docs/page-${run}.md`] }),
  },
  {
    name: 'save_template',
    tool: 'save_template',
    args: (place) => ({ name: templateOf(place), template: aTemplate }),
  },
  { name: 'apply_template', tool: 'apply_template', args: (place) => ({ name: templateOf(place), parameters }) },
  {
    name: 'recur_template',
    tool: 'recur_template',
    args: (place) => ({ name: templateOf(place), rule: '0 9 * * 1', parameters }),
  },
  { name: 'delete_template', tool: 'delete_template', args: (place) => ({ name: templateOf(place) }) },
];
