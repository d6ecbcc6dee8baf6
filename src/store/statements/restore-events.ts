import { defineStatement } from '../statement.ts';

/** The history as an export has it. */
export const restoreEvents = defineStatement({
  name: 'restore_events',
  params: { workspaceId: 'int8', events: 'jsonb' },
  columns: {},
  text: `
    insert into events (workspace_id, seq, operation, at, actor, action, goal_id, task_id, before, after, reason, undoes)
    select $1, n.seq, n.operation, n.at, n.actor, n.action, n.goal_id, n.task_id, n.before, n.after, n.reason, n.undoes
    from jsonb_to_recordset($2::jsonb) as n (seq int8, operation int8, at timestamptz, actor text, action text, goal_id text,
      task_id text, before jsonb, after jsonb, reason text, undoes int8[])`,
});
