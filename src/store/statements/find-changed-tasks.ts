import { defineStatement } from '../statement.ts';

/** Which of these tasks an operation has changed, whether they are still there or not. */
export const findChangedTasks = defineStatement({
  name: 'find_changed_tasks',
  params: { workspaceId: 'int8', operation: 'uuid', taskIds: 'text[]' },
  columns: { id: 'text' },
  text: `
    select distinct e.task_id as id
    from operations o
    join events e on e.workspace_id = $1 and e.operation = o.seq
    where o.workspace_id = $1 and o.id = $2 and e.task_id = any($3)`,
});
