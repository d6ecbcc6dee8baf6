import { defineStatement } from '../statement.ts';
import { taskColumns, taskSelect } from './columns.ts';
import { claimOf } from './sql.ts';

/** Whole tasks, by number. IDs that are not there have no row. */
export const findTasks = defineStatement({
  name: 'find_tasks',
  params: { workspaceId: 'int8', taskIds: 'text[]' },
  columns: { ...taskColumns, revision: 'int8' },
  text: `
    select ${taskSelect}, t.revision
    from tasks t
    ${claimOf('t')}
    where t.workspace_id = $1 and t.id = any($2::text[])
    order by t.number`,
});
