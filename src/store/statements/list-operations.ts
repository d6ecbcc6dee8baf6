import { defineStatement } from '../statement.ts';

/** The operations that began in the last `seconds`, at most `limit` of them. */
export const listOperations = defineStatement({
  name: 'list_operations',
  params: { workspaceId: 'int8', seconds: 'int4', limit: 'int8' },
  columns: { operation: 'int8' },
  text: `
    select distinct e.operation
    from events e
    where e.workspace_id = $1 and e.at > now() - make_interval(secs => $2::int4)
    limit $3`,
});
