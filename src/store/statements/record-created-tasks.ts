import { defineStatement } from '../statement.ts';
import { eventColumns, taskImage } from './sql.ts';

/** The history of `count` new tasks, numbered from `firstNumber`, in one operation. */
export const recordCreatedTasks = defineStatement({
  name: 'record_created_tasks',
  params: {
    workspaceId: 'int8',
    goalId: 'text',
    firstNumber: 'int8',
    count: 'int8',
    seq: 'int8',
    operation: 'int8',
    actor: 'text',
  },
  columns: {},
  text: `
    insert into events (${eventColumns})
    select $1, $5 + (t.number - $3), $6, $7, 'created', t.goal_id, t.id, null, ${taskImage('t')}
    from tasks t
    where t.workspace_id = $1 and t.goal_id = $2 and t.number >= $3 and t.number < $3 + $4`,
});
