import { defineStatement } from '../statement.ts';

export const findWorkspaceById = defineStatement({
  name: 'find_workspace_by_id',
  params: { workspaceId: 'int8' },
  columns: { id: 'int8', name: 'text', created_at: 'timestamptz' },
  text: `
    select id, name, created_at
    from workspaces
    where id = $1`,
});
