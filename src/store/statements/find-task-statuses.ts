import { defineStatement } from '../statement.ts';
import { keepsWaiting } from './sql.ts';

/** How these tasks stand, and whether those that depend on them may go on. */
export const findTaskStatuses = defineStatement({
  name: 'find_task_statuses',
  params: { workspaceId: 'int8', taskIds: 'text[]' },
  columns: { id: 'text', status: 'text', satisfies: 'bool', open_dependencies: 'int4' },
  text: `
    select t.id, t.status::text, not (${keepsWaiting('t')}) as satisfies, t.open_dependencies
    from tasks t
    where t.workspace_id = $1 and t.id = any($2::text[])`,
});
