import { defineStatement } from '../statement.ts';

/** Nothing happens where another process was faster. */
export const insertWorkspace = defineStatement({
  name: 'insert_workspace',
  params: { name: 'text' },
  columns: {},
  text: `
    insert into workspaces (name)
    values ($1)
    on conflict (name) do nothing`,
});
