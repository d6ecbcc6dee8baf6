import { defineStatement } from '../statement.ts';

/** Notes as an export has them. */
export const restoreNotes = defineStatement({
  name: 'restore_notes',
  params: { workspaceId: 'int8', notes: 'jsonb' },
  columns: {},
  text: `
    insert into notes (workspace_id, id, goal_id, task_id, actor, text, created_at)
    select $1, n.id, n.goal_id, n.task_id, n.actor, n.text, n.created_at
    from jsonb_to_recordset($2::jsonb) as n (id int8, goal_id text, task_id text, actor text, text text, created_at timestamptz)`,
});
