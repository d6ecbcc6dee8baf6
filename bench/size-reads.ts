import { goalOf, openGoalOf, type SizeCase, taskOf } from './size-case.ts';

const goalFilters = [
  {},
  ...['planned', 'in_progress', 'completed', 'cancelled'].map((status) => ({ status })),
  ...['high', 'medium', 'low'].map((priority) => ({ priority })),
  ...['old-repo', 'repo-3', 'everywhere', 'nowhere'].map((repo) => ({ repo })),
  ...['area-4', 'nothing'].map((label) => ({ labels: [label] })),
  { status: 'completed', labels: ['area-4'] },
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
  ...['fifth', 'rare', 'nothing'].map((label) => ({ labels: [label] })),
  { labels: ['area-3', 'fifth'] },
  { status: 'pending', labels: ['fifth'] },
  { status: 'failed', labels: ['area-3'] },
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

/** The tools that read, with each of their filters and some combinations. */
export const sizeReads: readonly SizeCase[] = [
  { name: 'get_agent_status', tool: 'get_agent_status', args: () => ({}) },
  { name: 'get_briefing', tool: 'get_briefing', args: () => ({}) },
  { name: 'get_briefing since=24h', tool: 'get_briefing', args: () => ({ since: '24h' }) },
  { name: 'get_briefing since=200d', tool: 'get_briefing', args: () => ({ since: '200d' }) },
  { name: 'get_briefing goal_id', tool: 'get_briefing', args: (place) => ({ goal_id: openGoalOf(place) }) },
  ...each('list_goals', goalFilters),
  ...each('list_tasks', taskFilters),
  { name: 'list_goals parent_goal_id', tool: 'list_goals', args: (place) => ({ parent_goal_id: openGoalOf(place) }) },
  { name: 'list_tasks goal_id', tool: 'list_tasks', args: (place) => ({ goal_id: goalOf(place) }) },
  { name: 'get_next_tasks', tool: 'get_next_tasks', args: () => ({}) },
  { name: 'get_next_tasks goal_id', tool: 'get_next_tasks', args: (place) => ({ goal_id: openGoalOf(place) }) },
  ...each(
    'search',
    queries.map((query) => ({ query })),
  ),
  { name: 'search change status=failed', tool: 'search', args: () => ({ query: 'change', status: 'failed' }) },
  { name: 'search change status=pending', tool: 'search', args: () => ({ query: 'change', status: 'pending' }) },
  { name: 'search change labels=rare', tool: 'search', args: () => ({ query: 'change', labels: ['rare'] }) },
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
  {
    name: 'generate_execution_plan',
    tool: 'generate_execution_plan',
    args: (place) => ({ goal_id: openGoalOf(place) }),
  },
  { name: 'list_templates', tool: 'list_templates', args: () => ({}) },
  { name: 'get_task', tool: 'get_task', args: (place) => ({ task_id: taskOf(place) }) },
  {
    name: 'batch_get_tasks, 10',
    tool: 'batch_get_tasks',
    args: ({ run, tasks }) => ({
      task_ids: Array.from({ length: 10 }, (_, n) => taskOf({ run: run * 10 + n, tasks })),
    }),
  },
];
