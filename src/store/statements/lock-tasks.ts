import { defineStatement } from '../statement.ts';

/** Locks the tasks of goals, for one who holds the exclusive graph lock. */
export const lockTasksOfGoals = defineStatement({
  name: 'lock_tasks_of_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { id: 'text' },
  text: `
    select t.id
    from tasks t
    where t.workspace_id = $1 and t.goal_id = any($2::text[])
    order by t.number
    for update`,
});

/** Locks a task that is to be changed, and says what it is. */
export const lockTask = defineStatement({
  name: 'lock_task',
  params: { workspaceId: 'int8', taskId: 'text' },
  columns: { goal_id: 'text', status: 'text' },
  text: `
    select t.goal_id, t.status::text
    from tasks t
    where t.workspace_id = $1 and t.id = $2
    for no key update`,
});
