import { defineStatement } from '../statement.ts';

/** The templates of an export, in a workspace that has none. */
export const restoreTemplates = defineStatement({
  name: 'restore_templates',
  params: { workspaceId: 'int8', templates: 'jsonb' },
  columns: {},
  text: `
    insert into templates (workspace_id, name, body, rule, time_zone, starts_at, parameters, next_at, last_goal_id, created_at, updated_at, revision)
    select $1, n.name, n.body, n.rule, n.time_zone, n.starts_at, nullif(n.parameters, 'null'), n.next_at, n.last_goal_id, n.created_at, n.updated_at, n.revision
    from jsonb_to_recordset($2::jsonb) as n (name text, body jsonb, rule text, time_zone text, starts_at timestamptz, parameters jsonb,
      next_at timestamptz, last_goal_id text, created_at timestamptz, updated_at timestamptz, revision int8)`,
});
