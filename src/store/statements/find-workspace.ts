import { defineStatement } from '../statement.ts';

export const findWorkspace = defineStatement({
  name: 'find_workspace',
  params: { name: 'text' },
  columns: { id: 'int8' },
  text: `
    select id
    from workspaces
    where name = $1`,
});
