import { defineStatement } from '../statement.ts';
import { searchedTaskColumns, searchedTaskSelect } from './columns.ts';

/** Tasks by ID, for their words. */
export const listSearchedTasks = defineStatement({
  name: 'list_searched_tasks',
  params: { workspaceId: 'int8', ids: 'text[]' },
  columns: searchedTaskColumns,
  text: `
    select ${searchedTaskSelect}
    from tasks t
    where t.workspace_id = $1 and t.id = any($2::text[])`,
});
