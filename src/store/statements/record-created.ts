import { defineStatement } from '../statement.ts';
import { goalImage, taskImage } from './images.ts';

/** The history of these goals begins, in the order of their numbers. */
export const recordCreatedGoals = defineStatement({
  name: 'record_created_goals',
  params: { workspaceId: 'int8', operation: 'int8', goalIds: 'text[]' },
  columns: {},
  text: `
    insert into events (workspace_id, operation, action, goal_id, after)
    select i.workspace_id, $2, 'created', i.id, i.image
    from (
      select g.workspace_id, g.id, g.number, ${goalImage('g')} as image
      from goals g
      where g.workspace_id = $1 and g.id = any($3::text[])
      offset 0
    ) i
    order by i.number`,
});

/** The history of these tasks begins, in the order of their numbers. */
export const recordCreatedTasks = defineStatement({
  name: 'record_created_tasks',
  params: { workspaceId: 'int8', operation: 'int8', taskIds: 'text[]' },
  columns: {},
  text: `
    insert into events (workspace_id, operation, action, goal_id, task_id, after)
    select i.workspace_id, $2, 'created', i.goal_id, i.id, i.image
    from (
      select t.workspace_id, t.goal_id, t.id, t.number, ${taskImage('t')} as image
      from tasks t
      where t.workspace_id = $1 and t.id = any($3::text[])
      offset 0
    ) i
    order by i.number`,
});
