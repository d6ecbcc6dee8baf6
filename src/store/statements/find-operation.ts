import { defineStatement } from '../statement.ts';

/** The operation that has this number, or an event with it, and whose it was. */
export const findOperation = defineStatement({
  name: 'find_operation',
  params: { workspaceId: 'int8', seq: 'int8' },
  columns: { operation: 'int8', actor: 'text' },
  text: `
    select o.seq as operation, o.actor
    from operations o
    where o.workspace_id = $1
      and o.seq = coalesce((select e.operation from events e where e.workspace_id = $1 and e.seq = $2), $2)
      and exists (select from events e where e.workspace_id = $1 and e.operation = o.seq)`,
});
