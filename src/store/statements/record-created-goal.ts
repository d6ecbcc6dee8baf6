import { defineStatement } from '../statement.ts';
import { eventColumns, goalImage } from './sql.ts';

export const recordCreatedGoal = defineStatement({
  name: 'record_created_goal',
  params: { workspaceId: 'int8', goalId: 'text', seq: 'int8', actor: 'text' },
  columns: {},
  text: `
    insert into events (${eventColumns})
    select $1, $3, $3, $4, 'created', g.id, null, null, ${goalImage('g')}
    from goals g
    where g.workspace_id = $1 and g.id = $2`,
});
