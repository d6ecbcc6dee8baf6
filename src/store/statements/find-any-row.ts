import { defineStatement } from '../statement.ts';

/** One row when the workspace holds anything, or ever did. */
export const findAnyRow = defineStatement({
  name: 'find_any_row',
  params: { workspaceId: 'int8' },
  columns: { present: 'bool' },
  text: `
    select true as present
    where exists (select from goals g where g.workspace_id = $1)
      or exists (select from events e where e.workspace_id = $1)`,
});
