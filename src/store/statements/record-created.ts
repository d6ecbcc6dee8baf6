import { defineStatement } from '../statement.ts';
import { goalImage, taskImage } from './sql.ts';

/** The history of these goals begins, in the order of the list. */
export const recordCreatedGoals = defineStatement({
  name: 'record_created_goals',
  params: { workspaceId: 'int8', operation: 'int8', goalIds: 'text[]' },
  columns: {},
  text: `
    insert into events (workspace_id, operation, action, goal_id, after)
    select $1, $2, 'created', g.id, ${goalImage('g')}
    from unnest($3::text[]) with ordinality as i (id, place)
    join goals g on g.workspace_id = $1 and g.id = i.id
    where g.id = any($3::text[])
    order by i.place`,
});

/** The history of these tasks begins, in the order of the list. */
export const recordCreatedTasks = defineStatement({
  name: 'record_created_tasks',
  params: { workspaceId: 'int8', operation: 'int8', taskIds: 'text[]' },
  columns: {},
  text: `
    insert into events (workspace_id, operation, action, goal_id, task_id, after)
    select $1, $2, 'created', t.goal_id, t.id, ${taskImage('t')}
    from unnest($3::text[]) with ordinality as i (id, place)
    join tasks t on t.workspace_id = $1 and t.id = i.id
    where t.id = any($3::text[])
    order by i.place`,
});
