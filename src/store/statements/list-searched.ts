import { defineStatement } from '../statement.ts';

// What rows are found by, for their words.

export const listSearchedGoals = defineStatement({
  name: 'list_searched_goals',
  params: { workspaceId: 'int8', ids: 'text[]' },
  columns: { id: 'text', description: 'text', repos: 'text[]' },
  text: `
    select g.id, g.description, g.repos
    from goals g
    where g.workspace_id = $1 and g.id = any($2::text[])`,
});

export const listSearchedTasks = defineStatement({
  name: 'list_searched_tasks',
  params: { workspaceId: 'int8', ids: 'text[]' },
  columns: { id: 'text', description: 'text', jira_ticket: 'text?', repo: 'text?', result: 'jsonb?' },
  text: `
    select t.id, t.description, t.jira_ticket, t.repo, t.result
    from tasks t
    where t.workspace_id = $1 and t.id = any($2::text[])`,
});

export const listSearchedNotes = defineStatement({
  name: 'list_searched_notes',
  params: { workspaceId: 'int8', ids: 'int8[]' },
  columns: { id: 'int8', text: 'text' },
  text: `
    select n.id, n.text
    from notes n
    where n.workspace_id = $1 and n.id = any($2::int8[])`,
});
