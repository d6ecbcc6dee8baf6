import { defineStatement } from '../statement.ts';

/** Takes out all that these tasks depend on. */
export const deleteDependenciesOf = defineStatement({
  name: 'delete_dependencies_of',
  params: { workspaceId: 'int8', taskIds: 'text[]' },
  columns: {},
  text: `
    delete from task_dependencies d
    where d.workspace_id = $1 and d.task_id = any($2::text[])`,
});
