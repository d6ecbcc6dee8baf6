import { defineStatement } from '../statement.ts';

/** Which operation an event belongs to, and whose it was. */
export const findOperation = defineStatement({
  name: 'find_operation',
  params: { workspaceId: 'int8', seq: 'int8' },
  columns: { operation: 'int8', actor: 'text' },
  text: `
    select e.operation, e.actor
    from events e
    where e.workspace_id = $1 and e.seq = $2`,
});
