import { defineStatement } from '../statement.ts';

/** Those of these goals that are there, with their status. */
export const listExistingGoals = defineStatement({
  name: 'list_existing_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { id: 'text', status: 'text' },
  text: `
    select id, status::text
    from goals
    where workspace_id = $1 and id = any($2::text[])`,
});
