import { defineStatement } from '../statement.ts';

/** Gives goals that are there what an import says of them. */
export const overwriteGoals = defineStatement({
  name: 'overwrite_goals',
  params: { workspaceId: 'int8', goals: 'jsonb' },
  columns: {},
  text: `
    update goals g
    set description = w.description,
      priority = w.priority,
      status = w.status,
      repos = array(select jsonb_array_elements_text(w.repos)),
      created_at = w.created_at,
      updated_at = w.updated_at,
      metadata = w.metadata,
      revision = g.revision + 1
    from jsonb_to_recordset($2::jsonb) as w (id text, number int8, description text, priority priority, status goal_status,
      repos jsonb, created_at timestamptz, updated_at timestamptz, metadata jsonb)
    where g.workspace_id = $1 and g.id = any(array(select x ->> 'id' from jsonb_array_elements($2::jsonb) as x)) and g.id = w.id`,
});
