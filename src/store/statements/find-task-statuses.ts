import { defineStatement } from '../statement.ts';

export const findTaskStatuses = defineStatement({
  name: 'find_task_statuses',
  params: { workspaceId: 'int8', taskIds: 'text[]' },
  columns: { id: 'text', status: 'text', open_dependencies: 'int4' },
  text: `
    select id, status::text, open_dependencies
    from tasks
    where workspace_id = $1 and id = any($2::text[])`,
});
