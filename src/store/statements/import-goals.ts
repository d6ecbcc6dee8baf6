import { defineStatement } from '../statement.ts';

/** Goals as an older version or another store had them, their times and counts included. */
export const importGoals = defineStatement({
  name: 'import_goals',
  params: { workspaceId: 'int8', goals: 'jsonb' },
  columns: {},
  text: `
    insert into goals (workspace_id, id, number, description, priority, status, repos, labels, due_at, strict, created_at, updated_at,
      metadata, total_tasks, open_tasks, total_goals, open_goals, revision)
    select $1, n.id, n.number, n.description, n.priority::priority, n.status::goal_status,
      array(select jsonb_array_elements_text(n.repos)),
      array(select jsonb_array_elements_text(n.labels)), n.due_at, coalesce(n.strict, false), n.created_at, n.updated_at, n.metadata, n.total_tasks, n.open_tasks,
      coalesce(n.total_goals, 0), coalesce(n.open_goals, 0),
      coalesce(n.revision, 1)
    from jsonb_to_recordset($2::jsonb) as n (id text, number int8, description text, priority text, status text,
      repos jsonb, labels jsonb, due_at timestamptz, strict bool, created_at timestamptz, updated_at timestamptz, metadata jsonb, total_tasks int4, open_tasks int4,
      total_goals int4, open_goals int4,
      revision int8)`,
});
