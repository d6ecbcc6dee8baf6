import { defineStatement } from '../statement.ts';

export const insertGoal = defineStatement({
  name: 'insert_goal',
  params: {
    workspaceId: 'int8',
    id: 'text',
    number: 'int8',
    description: 'text',
    priority: 'text',
    repos: 'text[]',
    metadata: 'jsonb',
  },
  columns: {},
  text: `
    insert into goals (workspace_id, id, number, description, priority, status, repos, metadata)
    values ($1, $2, $3, $4, $5::text::priority, 'planned', $6, $7)`,
});
