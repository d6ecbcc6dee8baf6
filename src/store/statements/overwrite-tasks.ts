import { defineStatement } from '../statement.ts';

/** Gives tasks that are there what an import says of them. Their claims and dependencies are replaced by other statements. */
export const overwriteTasks = defineStatement({
  name: 'overwrite_tasks',
  params: { workspaceId: 'int8', tasks: 'jsonb' },
  columns: {},
  text: `
    update tasks t
    set goal_id = w.goal_id,
      description = w.description,
      type = w.type,
      status = w.status,
      priority = w.priority,
      repo = w.repo,
      jira_ticket = w.jira_ticket,
      estimated_effort = w.estimated_effort,
      assigned_tools = array(select jsonb_array_elements_text(w.assigned_tools)),
      created_at = w.created_at,
      updated_at = w.updated_at,
      completed_at = w.completed_at,
      result = w.result,
      waived = false,
      defer_until = null,
      open_dependencies = w.open_dependencies,
      parked = w.parked,
      fence = t.fence + 1,
      revision = t.revision + 1
    from jsonb_to_recordset($2::jsonb) as w (id text, number int8, goal_id text, description text, type text,
      status task_status, priority priority, repo text, jira_ticket text, estimated_effort text, assigned_tools jsonb,
      created_at timestamptz, updated_at timestamptz, completed_at timestamptz, result jsonb, dependencies jsonb,
      open_dependencies int4, parked bool)
    where t.workspace_id = $1 and t.id = any(array(select x ->> 'id' from jsonb_array_elements($2::jsonb) as x)) and t.id = w.id`,
});
