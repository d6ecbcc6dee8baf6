import { defineStatement } from '../statement.ts';
import { goalState } from './images.ts';

/**
 * The history of goals whose status followed from their tasks. `before` is how they stood, as lock_goals has it; of those that stand as they stood nothing is recorded. Gives back the others, by number.
 */
export const recordFollowed = defineStatement({
  name: 'record_followed',
  params: { workspaceId: 'int8', operation: 'int8', before: 'jsonb' },
  columns: { goal_id: 'text' },
  text: `
    insert into events (workspace_id, operation, action, goal_id, before, after)
    select $1, $2, 'followed', g.id,
      ${goalState('b', 'g')},
      ${goalState('g', 'b')}
    from jsonb_to_recordset($3::jsonb) as b (id text, status text, total_tasks int4, open_tasks int4, total_goals int4,
      open_goals int4, parent_goal_id text)
    join goals g on g.workspace_id = $1 and g.id = b.id
    where g.id = any(array(select x ->> 'id' from jsonb_array_elements($3::jsonb) as x)) and g.status::text <> b.status
    order by g.number
    returning goal_id`,
});
