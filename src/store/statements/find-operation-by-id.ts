import { defineStatement } from '../statement.ts';

/** Whether an operation was committed: after a lost connection it tells what became of a change. */
export const findOperationById = defineStatement({
  name: 'find_operation_by_id',
  params: { workspaceId: 'int8', id: 'uuid' },
  columns: { seq: 'int8' },
  text: `
    select seq
    from operations
    where workspace_id = $1 and id = $2`,
});
