import { defineStatement } from '../statement.ts';

/** New tasks of one goal, any number in one statement: pending, or deferred until a time. */
export const insertTasks = defineStatement({
  name: 'insert_tasks',
  params: { workspaceId: 'int8', goalId: 'text', tasks: 'jsonb' },
  columns: {},
  text: `
    insert into tasks (workspace_id, id, number, goal_id, description, type, status, priority, repo, jira_ticket,
      estimated_effort, assigned_tools, labels, criteria, due_at, defer_until, open_dependencies)
    select $1, n.id, n.number, $2, n.description, n.type,
      case when n.defer_until is null then 'pending' else 'deferred' end::task_status, n.priority::priority, n.repo, n.jira_ticket,
      n.estimated_effort, array(select jsonb_array_elements_text(n.tools)),
      array(select jsonb_array_elements_text(coalesce(n.labels, '[]'))), coalesce(n.criteria, '[]'), n.due_at, n.defer_until, n.open_dependencies
    from jsonb_to_recordset($3::jsonb) as n (id text, number int8, description text, type text, priority text, repo text,
      jira_ticket text, estimated_effort text, tools jsonb, labels jsonb, criteria jsonb, due_at timestamptz, defer_until timestamptz, open_dependencies int4)`,
});
