import { defineStatement } from '../statement.ts';

// The number of changes to a row. `hold…` also keeps the row as it is to the end of the transaction.

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

export const holdTaskRevision = defineStatement({
  name: 'hold_task_revision',
  params: { workspaceId: 'int8', taskId: 'text' },
  columns: { revision: 'int8' },
  text: `
    select t.revision
    from tasks t
    where t.workspace_id = $1 and t.id = $2
    for no key update`,
});

export const holdGoalRevision = defineStatement({
  name: 'hold_goal_revision',
  params: { workspaceId: 'int8', goalId: 'text' },
  columns: { revision: 'int8' },
  text: `
    select g.revision
    from goals g
    where g.workspace_id = $1 and g.id = $2
    for no key update`,
});
