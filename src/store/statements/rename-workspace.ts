import { defineStatement } from '../statement.ts';

/** Fails with `workspaces_name_unique` where another has the name. */
export const renameWorkspace = defineStatement({
  name: 'rename_workspace',
  params: { workspaceId: 'int8', name: 'text' },
  columns: { name: 'text' },
  text: `
    update workspaces
    set name = $2
    where id = $1
    returning name`,
});
