import { defineStatement } from '../statement.ts';
import { listedTaskColumns, listedTaskSelect } from './columns.ts';
import { claimOf } from './sql.ts';

/** Tasks as a list shows them. IDs that are not there have no row. */
export const listTasksById = defineStatement({
  name: 'list_tasks_by_id',
  params: { workspaceId: 'int8', textLimit: 'int4', taskIds: 'text[]' },
  columns: listedTaskColumns,
  text: `
    select ${listedTaskSelect}
    from tasks t
    ${claimOf('t')}
    where t.workspace_id = $1 and t.id = any($3::text[])
    order by t.number`,
});
