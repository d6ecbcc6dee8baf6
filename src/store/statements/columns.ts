import type { Shape } from '../statement.ts';

// What is read of tasks and goals, with its types. Each piece of SQL reads the workspace from $1.

const dependencyIds = `array(
      select d.depends_on_id
      from task_dependencies d
      where d.workspace_id = $1 and d.task_id = t.id
      order by d.place)`;

const sharedTaskColumns = {
  id: 'text',
  goal_id: 'text',
  description: 'text',
  type: 'text',
  status: 'text',
  priority: 'text',
  dependencies: 'text[]',
  repo: 'text?',
  jira_ticket: 'text?',
  estimated_effort: 'text?',
  assigned_tools: 'text[]',
  labels: 'text[]',
  due_at: 'timestamptz?',
  waived: 'bool',
  defer_until: 'timestamptz?',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  completed_at: 'timestamptz?',
  result: 'jsonb?',
  open_dependencies: 'int4',
  claimed_by: 'text?',
  lease_expires_at: 'timestamptz?',
} as const satisfies Shape;

/** The columns of a whole task, `t`, whose claim is joined (claimOf). */
export const taskColumns = { ...sharedTaskColumns, criteria: 'jsonb' } as const satisfies Shape;

/** How many of a task's criteria are met, such as `2/3`; null where it has none. */
export const criteriaMet = `case when t.criteria <> '[]' then
      jsonb_array_length(jsonb_path_query_array(t.criteria, '$[*] ? (exists(@.met_at))')) || '/' || jsonb_array_length(t.criteria)
    end as criteria_met`;

export const taskSelect = `t.id, t.goal_id, t.description, t.type, t.status::text, t.priority::text,
    ${dependencyIds} as dependencies,
    t.repo, t.jira_ticket, t.estimated_effort, t.assigned_tools, t.labels, t.due_at, t.waived, t.defer_until,
    t.created_at, t.updated_at, t.completed_at, t.result,
    t.open_dependencies, c.holder as claimed_by, c.expires_at as lease_expires_at, t.criteria`;

/** The columns of a task in a list, `t`: long text cut to `$2` characters, its full length beside it. */
export const listedTaskColumns = {
  ...sharedTaskColumns,
  criteria_met: 'text?',
  description_length: 'int4',
  result_start: 'text?',
  result_length: 'int4',
} as const satisfies Shape;

export const listedTaskSelect = `t.id, t.goal_id, left(t.description, $2) as description, t.type, t.status::text, t.priority::text,
    ${dependencyIds} as dependencies,
    t.repo, t.jira_ticket, t.estimated_effort, t.assigned_tools, t.labels, t.due_at, t.waived, t.defer_until, t.created_at, t.updated_at, t.completed_at,
    case when length(t.result::text) <= $2 then t.result end as result,
    t.open_dependencies, c.holder as claimed_by, c.expires_at as lease_expires_at, ${criteriaMet},
    length(t.description) as description_length,
    left(t.result::text, $2) as result_start,
    coalesce(length(t.result::text), 0) as result_length`;

/** The columns of a goal, `g`. `task_ids` are the first `$2` of its tasks. */
export const goalColumns = {
  id: 'text',
  description: 'text',
  priority: 'text',
  status: 'text',
  repos: 'text[]',
  labels: 'text[]',
  due_at: 'timestamptz?',
  strict: 'bool',
  parent_goal_id: 'text?',
  total_goals: 'int4',
  open_goals: 'int4',
  task_ids: 'text[]',
  total_tasks: 'int4',
  open_tasks: 'int4',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  metadata: 'jsonb',
} as const satisfies Shape;

const firstTaskIds = (limit: string) => `array(
      select t.id
      from tasks t
      where t.workspace_id = $1 and t.goal_id = g.id
      order by t.number
      limit ${limit}) as task_ids`;

export const goalSelect = `g.id, g.description, g.priority::text, g.status::text, g.repos, g.labels, g.due_at, g.strict, g.parent_goal_id, g.total_goals, g.open_goals,
    ${firstTaskIds('$2')},
    g.total_tasks, g.open_tasks, g.created_at, g.updated_at, g.metadata`;

/** The columns of a goal in a list, `g`: long text cut to `$2` characters, the first `$3` of its tasks. */
export const listedGoalColumns = {
  ...goalColumns,
  metadata: 'jsonb?',
  description_length: 'int4',
  metadata_length: 'int4',
} as const satisfies Shape;

export const listedGoalSelect = `g.id, left(g.description, $2) as description, g.priority::text, g.status::text, g.repos, g.labels, g.due_at, g.strict, g.parent_goal_id, g.total_goals, g.open_goals,
    ${firstTaskIds('$3')},
    g.total_tasks, g.open_tasks, g.created_at, g.updated_at,
    case when length(g.metadata::text) <= $2 then g.metadata end as metadata,
    length(g.description) as description_length,
    length(g.metadata::text) as metadata_length`;

/** What a task, `t`, is found by. */
export const searchedTaskColumns = {
  id: 'text',
  description: 'text',
  jira_ticket: 'text?',
  repo: 'text?',
  criteria: 'jsonb',
  result: 'jsonb?',
} as const satisfies Shape;

export const searchedTaskSelect = 't.id, t.description, t.jira_ticket, t.repo, t.criteria, t.result';
