import { defineStatement } from '../statement.ts';

/** Counts new tasks on their goal, whose row is locked, and sets it to work. */
export const addTasksToGoal = defineStatement({
  name: 'add_tasks_to_goal',
  params: { workspaceId: 'int8', goalId: 'text', count: 'int4' },
  columns: {},
  text: `
    update goals g
    set total_tasks = g.total_tasks + $3,
      open_tasks = g.open_tasks + $3,
      status = 'in_progress',
      updated_at = statement_timestamp(),
      revision = g.revision + 1
    where g.workspace_id = $1 and g.id = $2`,
});
