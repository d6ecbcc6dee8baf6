import { defineStatement } from '../statement.ts';

/** Locks a task that is to be changed, and says what it is. */
export const lockEditedTask = defineStatement({
  name: 'lock_edited_task',
  params: { workspaceId: 'int8', taskId: 'text' },
  columns: { goal_id: 'text', status: 'text' },
  text: `
    select t.goal_id, t.status::text
    from tasks t
    where t.workspace_id = $1 and t.id = $2
    for no key update`,
});

/** Locks goals, in the order of their numbers. IDs that are not there have no row. */
export const lockGoals = defineStatement({
  name: 'lock_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { id: 'text', status: 'text' },
  text: `
    select g.id, g.status::text
    from goals g
    where g.workspace_id = $1 and g.id = any($2::text[])
    order by g.number
    for no key update`,
});
