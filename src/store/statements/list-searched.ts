import { defineStatement } from '../statement.ts';

/** What tasks are found by, for their words. */
export const listSearchedTasks = defineStatement({
  name: 'list_searched_tasks',
  params: { workspaceId: 'int8', ids: 'text[]' },
  columns: {
    id: 'text',
    description: 'text',
    jira_ticket: 'text?',
    repo: 'text?',
    criteria: 'jsonb',
    result: 'jsonb?',
  },
  text: `
    select t.id, t.description, t.jira_ticket, t.repo, t.criteria, t.result
    from tasks t
    where t.workspace_id = $1 and t.id = any($2::text[])`,
});
