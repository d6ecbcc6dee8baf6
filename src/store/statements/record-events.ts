import { defineStatement } from '../statement.ts';

/** Events of an operation, in the order of the list: {action, goal_id, task_id, before, after, undoes}. */
export const recordEvents = defineStatement({
  name: 'record_events',
  params: { workspaceId: 'int8', operation: 'int8', events: 'jsonb' },
  columns: {},
  text: `
    insert into events (workspace_id, operation, action, goal_id, task_id, before, after, undoes)
    select $1, $2, e ->> 'action', e ->> 'goal_id', e ->> 'task_id', nullif(e -> 'before', 'null'), nullif(e -> 'after', 'null'),
      case when jsonb_typeof(e -> 'undoes') = 'array' then array(select i::int8 from jsonb_array_elements_text(e -> 'undoes') as i) end
    from jsonb_array_elements($3::jsonb) with ordinality as l (e, place)
    order by l.place`,
});
