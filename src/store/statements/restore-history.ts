import { defineStatement } from '../statement.ts';

/** Operations as an export has them. */
export const restoreOperations = defineStatement({
  name: 'restore_operations',
  params: { workspaceId: 'int8', operations: 'jsonb' },
  columns: {},
  text: `
    insert into operations (workspace_id, seq, id, actor, reason, at)
    select $1, n.seq, n.id, n.actor, n.reason, n.at
    from jsonb_to_recordset($2::jsonb) as n (seq int8, id uuid, actor text, reason text, at timestamptz)`,
});

/** The history as an export has it. */
export const restoreEvents = defineStatement({
  name: 'restore_events',
  params: { workspaceId: 'int8', events: 'jsonb' },
  columns: {},
  text: `
    insert into events (workspace_id, seq, operation, action, goal_id, task_id, before, after, undoes)
    select $1, n.seq, n.operation, n.action, n.goal_id, n.task_id, n.before, n.after, n.undoes
    from jsonb_to_recordset($2::jsonb) as n (seq int8, operation int8, action text, goal_id text, task_id text,
      before jsonb, after jsonb, undoes int8[])`,
});

/** The numbers of the history go on after these. */
export const raiseHistoryNumbers = defineStatement({
  name: 'raise_history_numbers',
  params: { last: 'int8' },
  columns: { last: 'int8' },
  text: `
    select setval('history_numbers', $1) as last
    where $1 > (select h.last_value from history_numbers h)`,
});
