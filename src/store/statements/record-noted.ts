import { defineStatement } from '../statement.ts';

/** The history of these notes, which are new, begins. */
export const recordNoted = defineStatement({
  name: 'record_noted',
  params: { workspaceId: 'int8', operation: 'int8', noteIds: 'int8[]' },
  columns: {},
  text: `
    insert into events (workspace_id, operation, action, goal_id, task_id, after)
    select n.workspace_id, $2, 'noted', n.goal_id, n.task_id, to_jsonb(n) - 'workspace_id'
    from notes n
    where n.workspace_id = $1 and n.id = any($3::int8[])
    order by n.id`,
});
