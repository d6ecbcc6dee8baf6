import { defineStatement } from '../statement.ts';
import { goalColumns, goalSelect } from './columns.ts';

export const findGoal = defineStatement({
  name: 'find_goal',
  params: { workspaceId: 'int8', taskIdLimit: 'int8', goalId: 'text' },
  columns: { ...goalColumns, revision: 'int8' },
  text: `
    select ${goalSelect}, g.revision
    from goals g
    where g.workspace_id = $1 and g.id = $3`,
});
