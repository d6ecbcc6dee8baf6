/** A call that is asked of stores of every size; `place` is the number of the run. */
export interface SizeCase {
  name: string;
  tool: string;
  args: (place: Place) => Record<string, unknown>;
}

export interface Place {
  run: number;
  /** How many tasks there are. */
  tasks: number;
}

/** Work happens at the newest thousand. */
const numberOf = ({ run, tasks }: Place) => tasks - ((run * 7_919) % 1_000);
const idOf = (kind: string, number: number) => `${kind}-${String(number).padStart(4, '0')}`;
const taskOf = (place: Place) => idOf('TASK', numberOf(place));
const goalOf = (place: Place) => idOf('GOAL', 1 + (((numberOf(place) - 1) / 10) | 0));
const openGoalOf = ({ run, tasks }: Place) => idOf('GOAL', Math.ceil(tasks / 10) - (run % 20));

const goalFilters = [
  {},
  ...['planned', 'in_progress', 'completed', 'cancelled'].map((status) => ({ status })),
  ...['high', 'medium', 'low'].map((priority) => ({ priority })),
  ...['old-repo', 'repo-3', 'everywhere', 'nowhere'].map((repo) => ({ repo })),
  { status: 'planned', priority: 'high' },
  { status: 'cancelled', priority: 'high' },
  { status: 'in_progress', priority: 'low' },
  { status: 'planned', repo: 'old-repo' },
  { status: 'cancelled', repo: 'everywhere' },
  { priority: 'high', repo: 'everywhere' },
  { status: 'planned', priority: 'high', repo: 'everywhere' },
];
const taskFilters = [
  {},
  ...['pending', 'in_progress', 'completed', 'failed', 'blocked'].map((status) => ({ status })),
  ...['old-repo', 'repo-3', 'nowhere'].map((repo) => ({ repo })),
  ...['old', 'bug', 'general', 'none'].map((type) => ({ type })),
  { agent: 'agent-3' },
  { agent: 'nobody' },
  { status: 'pending', repo: 'old-repo' },
  { status: 'pending', repo: 'repo-3' },
  { status: 'completed', type: 'old' },
  { status: 'failed', type: 'bug' },
  { status: 'pending', type: 'old' },
  { repo: 'repo-3', type: 'old' },
  { repo: 'repo-3', type: 'bug' },
  { status: 'blocked', repo: 'nowhere' },
  { status: 'completed', repo: 'repo-3', type: 'old' },
];
const queries = ['change', 'parser', 'module3', 'case17', 'task100', 'change case17', 'missing', 'TASK-0012', 'chang'];
const histories = [
  {},
  { actor: 'agent-3' },
  { actor: 'rare' },
  { actor: 'nobody' },
  { since: '2h' },
  { since: '90d' },
  { since: '2h', actor: 'rare' },
  { since: '2h', actor: 'agent-3' },
  { since: '300d', actor: 'agent-3' },
];

const each = (tool: string, filters: readonly Record<string, unknown>[]): SizeCase[] =>
  filters.map((filter) => ({ name: nameOf(tool, filter), tool, args: () => filter }));
const nameOf = (tool: string, filter: Record<string, unknown>) =>
  `${tool} ${Object.entries(filter)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')}`.trim();

/** Every tool but those that read a whole goal, with each of its filters and some combinations. */
export const sizeCases: readonly SizeCase[] = [
  { name: 'get_agent_status', tool: 'get_agent_status', args: () => ({}) },
  { name: 'get_briefing', tool: 'get_briefing', args: () => ({}) },
  { name: 'get_briefing since=24h', tool: 'get_briefing', args: () => ({ since: '24h' }) },
  { name: 'get_briefing since=200d', tool: 'get_briefing', args: () => ({ since: '200d' }) },
  { name: 'get_briefing goal_id', tool: 'get_briefing', args: (place) => ({ goal_id: openGoalOf(place) }) },
  ...each('list_goals', goalFilters),
  ...each('list_tasks', taskFilters),
  { name: 'list_tasks goal_id', tool: 'list_tasks', args: (place) => ({ goal_id: goalOf(place) }) },
  { name: 'get_next_tasks', tool: 'get_next_tasks', args: () => ({}) },
  { name: 'get_next_tasks goal_id', tool: 'get_next_tasks', args: (place) => ({ goal_id: openGoalOf(place) }) },
  ...each(
    'search',
    queries.map((query) => ({ query })),
  ),
  { name: 'search change status=failed', tool: 'search', args: () => ({ query: 'change', status: 'failed' }) },
  { name: 'search change status=pending', tool: 'search', args: () => ({ query: 'change', status: 'pending' }) },
  { name: 'search bring kind=goal', tool: 'search', args: () => ({ query: 'bring', kind: 'goal' }) },
  ...each('get_history', histories),
  { name: 'get_history task_id', tool: 'get_history', args: (place) => ({ task_id: taskOf(place) }) },
  { name: 'get_history goal_id', tool: 'get_history', args: (place) => ({ goal_id: goalOf(place) }) },
  {
    name: 'get_history goal_id actor',
    tool: 'get_history',
    args: (place) => ({ goal_id: goalOf(place), actor: 'nobody' }),
  },
  { name: 'get_goal', tool: 'get_goal', args: (place) => ({ goal_id: goalOf(place) }) },
  { name: 'get_task', tool: 'get_task', args: (place) => ({ task_id: taskOf(place) }) },
  {
    name: 'batch_get_tasks, 10',
    tool: 'batch_get_tasks',
    args: ({ run, tasks }) => ({
      task_ids: Array.from({ length: 10 }, (_, n) => taskOf({ run: run * 10 + n, tasks })),
    }),
  },
  { name: 'create_goal', tool: 'create_goal', args: () => ({ description: 'another goal', repos: ['repo-3'] }) },
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
  { name: 'claim_tasks', tool: 'claim_tasks', args: () => ({ limit: 1, lease_seconds: 60 }) },
  { name: 'claim_tasks, empty goal', tool: 'claim_tasks', args: () => ({ goal_id: 'GOAL-0001' }) },
  {
    name: 'update_task_status',
    tool: 'update_task_status',
    args: (place) => ({ task_id: taskOf(place), status: place.run % 2 ? 'in_progress' : 'blocked' }),
  },
  { name: 'undo', tool: 'undo', args: () => ({}) },
];
