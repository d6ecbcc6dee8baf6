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
