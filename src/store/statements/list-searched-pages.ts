import { defineStatement } from '../statement.ts';
import { searchedTaskColumns, searchedTaskSelect } from './columns.ts';

// What all rows of a workspace are found by, page by page in the order of their keys.

export const listSearchedGoalsAfter = defineStatement({
  name: 'list_searched_goals_after',
  params: { workspaceId: 'int8', after: 'text', limit: 'int8' },
  columns: { id: 'text', description: 'text', repos: 'text[]' },
  text: `
    select g.id, g.description, g.repos
    from goals g
    where g.workspace_id = $1 and g.id > $2
    order by g.id
    limit $3`,
});

export const listSearchedTasksAfter = defineStatement({
  name: 'list_searched_tasks_after',
  params: { workspaceId: 'int8', after: 'text', limit: 'int8' },
  columns: searchedTaskColumns,
  text: `
    select ${searchedTaskSelect}
    from tasks t
    where t.workspace_id = $1 and t.id > $2
    order by t.id
    limit $3`,
});

export const listSearchedNotesAfter = defineStatement({
  name: 'list_searched_notes_after',
  params: { workspaceId: 'int8', after: 'int8', limit: 'int8' },
  columns: { id: 'int8', text: 'text' },
  text: `
    select n.id, n.text
    from notes n
    where n.workspace_id = $1 and n.id > $2
    order by n.id
    limit $3`,
});
