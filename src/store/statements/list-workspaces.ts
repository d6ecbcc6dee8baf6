import { defineStatement } from '../statement.ts';

/** Every workspace of the database. */
export const listWorkspaces = defineStatement({
  name: 'list_workspaces',
  params: {},
  columns: { id: 'int8' },
  text: `
    select id
    from workspaces
    order by id`,
});
