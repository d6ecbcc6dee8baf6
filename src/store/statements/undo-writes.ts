import { defineStatement } from '../statement.ts';
import { isOpen } from './sql.ts';

// What an undo writes, each a set of rows of one table, by their keys. The exclusive graph lock and the rows' locks are held.

const goalFields = `id text, number int8, description text, priority priority, status goal_status, repos text[],
      labels text[], due_at timestamptz, strict bool, parent_goal_id text, created_at timestamptz, metadata jsonb, revision int8`;

/** Goals come back, with no tasks yet. */
export const restoreGoals = defineStatement({
  name: 'restore_goals',
  params: { workspaceId: 'int8', goals: 'jsonb' },
  columns: {},
  text: `
    insert into goals (workspace_id, id, number, description, priority, status, repos, labels, due_at, strict, parent_goal_id, created_at,
      metadata, revision)
    select $1, g.id, g.number, g.description, g.priority, g.status, g.repos, coalesce(g.labels, '{}'), g.due_at,
      coalesce(g.strict, false), g.parent_goal_id,
      g.created_at, g.metadata, g.revision
    from jsonb_to_recordset($2::jsonb) as g (${goalFields})`,
});

/** Goals get the values of these images. */
export const rewriteGoals = defineStatement({
  name: 'rewrite_goals',
  params: { workspaceId: 'int8', goals: 'jsonb', ids: 'text[]' },
  columns: {},
  text: `
    update goals g
    set description = n.description,
      priority = n.priority,
      status = n.status,
      repos = n.repos,
      labels = n.labels,
      due_at = n.due_at,
      strict = coalesce(n.strict, false),
      parent_goal_id = n.parent_goal_id,
      created_at = n.created_at,
      metadata = n.metadata,
      total_tasks = n.total_tasks,
      open_tasks = n.open_tasks,
      total_goals = n.total_goals,
      open_goals = n.open_goals,
      updated_at = statement_timestamp(),
      revision = g.revision + 1
    from jsonb_to_recordset($2::jsonb) as n (${goalFields}, total_tasks int4, open_tasks int4, total_goals int4, open_goals int4)
    where g.workspace_id = $1 and g.id = any($3::text[]) and g.id = n.id`,
});

/** Goals get these parents, or none: before goals go, since a parent may be one of them. */
export const moveGoals = defineStatement({
  name: 'move_goals',
  params: { workspaceId: 'int8', ids: 'text[]', parents: 'text[]' },
  columns: {},
  text: `
    update goals g
    set parent_goal_id = nullif(n.parent_goal_id, '')
    from unnest($2::text[], $3::text[]) as n (id, parent_goal_id)
    where g.workspace_id = $1 and g.id = any($2::text[]) and g.id = n.id`,
});

export const deleteGoals = defineStatement({
  name: 'delete_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: {},
  text: `
    delete from goals g
    where g.workspace_id = $1 and g.id = any($2::text[])`,
});

const taskFields = `id text, number int8, goal_id text, description text, type text, status task_status, priority priority,
      repo text, jira_ticket text, estimated_effort text, assigned_tools text[], labels text[], criteria jsonb, due_at timestamptz,
      waived bool, defer_until timestamptz, created_at timestamptz, completed_at timestamptz, result jsonb, revision int8, fence int8, attempts int4`;

/** Tasks come back; what they wait for is counted afterwards. Their goals are there. */
export const restoreTasks = defineStatement({
  name: 'restore_tasks',
  params: { workspaceId: 'int8', tasks: 'jsonb' },
  columns: {},
  text: `
    insert into tasks (workspace_id, id, number, goal_id, description, type, status, priority, repo, jira_ticket,
      estimated_effort, assigned_tools, labels, criteria, due_at, waived, defer_until, created_at, completed_at, result, revision, fence,
      attempts)
    select $1, t.id, t.number, t.goal_id, t.description, t.type, t.status, t.priority, t.repo, t.jira_ticket,
      t.estimated_effort, t.assigned_tools, coalesce(t.labels, '{}'),
      coalesce(t.criteria, '[]'), t.due_at, coalesce(t.waived, false), t.defer_until,
      t.created_at, t.completed_at, t.result, t.revision, t.fence, t.attempts
    from jsonb_to_recordset($2::jsonb) as t (${taskFields})`,
});

/** Tasks get the values of these images. */
export const rewriteTasks = defineStatement({
  name: 'rewrite_tasks',
  params: { workspaceId: 'int8', tasks: 'jsonb', ids: 'text[]' },
  columns: {},
  text: `
    update tasks t
    set goal_id = n.goal_id,
      description = n.description,
      type = n.type,
      status = n.status,
      priority = n.priority,
      repo = n.repo,
      jira_ticket = n.jira_ticket,
      estimated_effort = n.estimated_effort,
      assigned_tools = n.assigned_tools,
      labels = n.labels,
      criteria = coalesce(n.criteria, '[]'),
      due_at = n.due_at,
      waived = coalesce(n.waived, false),
      defer_until = n.defer_until,
      created_at = n.created_at,
      completed_at = n.completed_at,
      result = n.result,
      fence = n.fence,
      attempts = n.attempts,
      parked = t.parked and ${isOpen('n')},
      updated_at = statement_timestamp(),
      revision = t.revision + 1
    from jsonb_to_recordset($2::jsonb) as n (${taskFields})
    where t.workspace_id = $1 and t.id = any($3::text[]) and t.id = n.id`,
});

export const deleteTasks = defineStatement({
  name: 'delete_tasks',
  params: { workspaceId: 'int8', taskIds: 'text[]' },
  columns: {},
  text: `
    delete from tasks t
    where t.workspace_id = $1 and t.id = any($2::text[])`,
});

/** Takes the claims on these tasks away. */
export const deleteClaims = defineStatement({
  name: 'delete_claims',
  params: { workspaceId: 'int8', taskIds: 'text[]' },
  columns: {},
  text: `
    delete from claims c
    where c.workspace_id = $1 and c.task_id = any($2::text[])`,
});

/** Claims as images have them: {id, claimed_by, lease_expires_at}. */
export const restoreClaims = defineStatement({
  name: 'restore_claims',
  params: { workspaceId: 'int8', claims: 'jsonb' },
  columns: {},
  text: `
    insert into claims (workspace_id, task_id, holder, expires_at)
    select $1, c.id, c.claimed_by, c.lease_expires_at
    from jsonb_to_recordset($2::jsonb) as c (id text, claimed_by text, lease_expires_at timestamptz)`,
});

export const deleteNotes = defineStatement({
  name: 'delete_notes',
  params: { workspaceId: 'int8', ids: 'int8[]' },
  columns: {},
  text: `
    delete from notes n
    where n.workspace_id = $1 and n.id = any($2::int8[])`,
});

/** Notes go to the goals of their tasks. */
export const followTasks = defineStatement({
  name: 'follow_tasks',
  params: { workspaceId: 'int8', taskIds: 'text[]' },
  columns: {},
  text: `
    update notes n
    set goal_id = t.goal_id
    from tasks t
    where n.workspace_id = $1 and n.task_id = any($2::text[]) and t.workspace_id = $1 and t.id = any($2::text[]) and t.id = n.task_id
      and n.goal_id <> t.goal_id`,
});

/** Dependencies come back, or back to their place. */
export const restoreDependencies = defineStatement({
  name: 'restore_dependencies',
  params: { workspaceId: 'int8', taskIds: 'text[]', dependsOnIds: 'text[]', places: 'int4[]' },
  columns: {},
  text: `
    insert into task_dependencies (workspace_id, task_id, depends_on_id, place)
    select $1, e.task_id, e.depends_on_id, e.place
    from unnest($2::text[], $3::text[], $4::int4[]) as e (task_id, depends_on_id, place)
    on conflict (workspace_id, task_id, depends_on_id) do update
    set place = excluded.place`,
});
