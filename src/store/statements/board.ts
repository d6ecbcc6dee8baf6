import { defineStatement, type Shape } from '../statement.ts';
import { criteriaMet } from './columns.ts';
import { claimOf, isArchived, isListed } from './sql.ts';

// What the board shows of many rows at once: short texts, no results, and the revision that an edit is held to.

const taskColumns = {
  id: 'text',
  goal_id: 'text',
  description: 'text',
  status: 'text',
  priority: 'text',
  type: 'text',
  estimated_effort: 'text?',
  labels: 'text[]',
  criteria_met: 'text?',
  due_at: 'timestamptz?',
  waived: 'bool',
  defer_until: 'timestamptz?',
  claimed_by: 'text?',
  lease_expires_at: 'timestamptz?',
  updated_at: 'timestamptz',
  completed_at: 'timestamptz?',
  revision: 'int8',
} as const satisfies Shape;

const task = `t.id, t.goal_id, left(t.description, $2) as description, t.status::text, t.priority::text, t.type,
      t.estimated_effort, t.labels, ${criteriaMet}, t.due_at, t.waived, t.defer_until, c.holder as claimed_by,
      c.expires_at as lease_expires_at, t.updated_at, t.completed_at, t.revision`;

/** A goal's tasks by number. */
export const listBoardTasksOfGoal = defineStatement({
  name: 'list_board_tasks_of_goal',
  params: { workspaceId: 'int8', textLimit: 'int4', goalId: 'text', limit: 'int8' },
  columns: taskColumns,
  text: `
    select ${task}
    from tasks t
    ${claimOf('t')}
    where t.workspace_id = $1 and t.goal_id = $3
    order by t.number
    limit $4`,
});

/** Tasks by ID; no row for a task that does not exist. */
export const listBoardTasksById = defineStatement({
  name: 'list_board_tasks_by_id',
  params: { workspaceId: 'int8', textLimit: 'int4', taskIds: 'text[]' },
  columns: taskColumns,
  text: `
    select ${task}
    from tasks t
    ${claimOf('t')}
    where t.workspace_id = $1 and t.id = any($3::text[])
    order by t.number`,
});

/**
 * What these tasks depend on, each task's in the order in which somebody named them, and how that stands. What lets them go
 * stands like what is completed.
 */
export const listBoardDependencies = defineStatement({
  name: 'list_board_dependencies',
  params: { workspaceId: 'int8', taskIds: 'text[]' },
  columns: { task_id: 'text', depends_on_id: 'text', status: 'text' },
  text: `
    select d.task_id, d.depends_on_id, case when x.waived then 'completed' else x.status::text end as status
    from task_dependencies d
    join tasks x on x.workspace_id = $1 and x.id = d.depends_on_id
    where d.workspace_id = $1 and d.task_id = any($2::text[])
    order by d.place`,
});

const goalsPage = {
  params: { workspaceId: 'int8', textLimit: 'int4', before: 'int8', limit: 'int8' },
  columns: {
    id: 'text',
    number: 'int8',
    description: 'text',
    status: 'text',
    priority: 'text',
    repos: 'text[]',
    labels: 'text[]',
    due_at: 'timestamptz?',
    parent_goal_id: 'text?',
    total_goals: 'int4',
    total_tasks: 'int4',
    open_tasks: 'int4',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  },
} as const;
const goalsPageWhere = (condition: string) => `
    select g.id, g.number, left(g.description, $2) as description, g.status::text, g.priority::text, g.repos[1:10] as repos,
      g.labels, g.due_at, g.parent_goal_id, g.total_goals, g.total_tasks, g.open_tasks, g.created_at, g.updated_at
    from goals g
    where g.workspace_id = $1 and g.number < $3 and ${condition}
    order by g.number desc
    limit $4`;

/** Goals by number, newest first, those numbered below `before`, but for those that are archived. */
export const listBoardGoals = defineStatement({
  name: 'list_board_goals',
  ...goalsPage,
  text: goalsPageWhere(isListed('g')),
});

/** The archived ones alone. */
export const listArchivedBoardGoals = defineStatement({
  name: 'list_archived_board_goals',
  ...goalsPage,
  text: goalsPageWhere(isArchived('g')),
});

/** The goal that the board shows. */
export const findBoardGoal = defineStatement({
  name: 'find_board_goal',
  params: { workspaceId: 'int8', goalId: 'text' },
  columns: {
    id: 'text',
    description: 'text',
    status: 'text',
    priority: 'text',
    repos: 'text[]',
    labels: 'text[]',
    due_at: 'timestamptz?',
    parent_goal_id: 'text?',
    total_goals: 'int4',
    total_tasks: 'int4',
    open_tasks: 'int4',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    revision: 'int8',
  },
  text: `
    select g.id, g.description, g.status::text, g.priority::text, g.repos, g.labels, g.due_at, g.parent_goal_id, g.total_goals,
      g.total_tasks, g.open_tasks, g.created_at, g.updated_at, g.revision
    from goals g
    where g.workspace_id = $1 and g.id = $2`,
});

/** Of each goal with work that is under way or stuck: how many tasks in each state, and who holds them. */
export const listGoalActivity = defineStatement({
  name: 'list_goal_activity',
  params: { workspaceId: 'int8', limit: 'int8' },
  columns: { goal_id: 'text', in_progress: 'int8', stuck: 'int8', holders: 'text[]' },
  text: `
    select t.goal_id,
      count(*) filter (where t.status = 'in_progress') as in_progress,
      count(*) filter (where t.status <> 'in_progress') as stuck,
      coalesce((array_agg(distinct c.holder) filter (where c.holder is not null))[1:10], '{}') as holders
    from (
      select t.id, t.goal_id, t.status
      from tasks t
      where t.workspace_id = $1 and t.status in ('in_progress', 'blocked', 'failed') and not t.parked
      limit $2
    ) t
    ${claimOf('t')}
    group by t.goal_id`,
});
