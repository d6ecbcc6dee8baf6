import { defineStatement } from '../statement.ts';

/** Every workspace of the database. */
export const listWorkspaces = defineStatement({
  name: 'list_workspaces',
  params: {},
  columns: { id: 'int8', name: 'text', created_at: 'timestamptz' },
  text: `
    select id, name, created_at
    from workspaces
    order by id`,
});
