import { defineStatement } from '../statement.ts';

// The number of changes to a row, for whoever reads it. Who changes the row has the number from its lock.

export const findTaskRevision = defineStatement({
  name: 'find_task_revision',
  params: { workspaceId: 'int8', taskId: 'text' },
  columns: { revision: 'int8' },
  text: `
    select t.revision
    from tasks t
    where t.workspace_id = $1 and t.id = $2`,
});

export const findGoalRevision = defineStatement({
  name: 'find_goal_revision',
  params: { workspaceId: 'int8', goalId: 'text' },
  columns: { revision: 'int8' },
  text: `
    select g.revision
    from goals g
    where g.workspace_id = $1 and g.id = $2`,
});
