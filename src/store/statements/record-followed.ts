import { defineStatement } from '../statement.ts';

/**
 * The history of goals whose status followed from their tasks. `before` is how they stood, as {id, status, total_tasks,
 * open_tasks}; of those that stand as they stood nothing is recorded. Gives back the others, by number.
 */
export const recordFollowed = defineStatement({
  name: 'record_followed',
  params: { workspaceId: 'int8', operation: 'int8', before: 'jsonb' },
  columns: { goal_id: 'text' },
  text: `
    insert into events (workspace_id, operation, action, goal_id, before, after)
    select $1, $2, 'followed', g.id,
      jsonb_build_object('status', b.status, 'total_tasks', b.total_tasks, 'open_tasks', b.open_tasks),
      jsonb_build_object('status', g.status, 'total_tasks', g.total_tasks, 'open_tasks', g.open_tasks)
    from jsonb_to_recordset($3::jsonb) as b (id text, status text, total_tasks int4, open_tasks int4)
    join goals g on g.workspace_id = $1 and g.id = b.id
    where g.id = any(array(select x ->> 'id' from jsonb_array_elements($3::jsonb) as x)) and g.status::text <> b.status
    order by g.number
    returning goal_id`,
});
