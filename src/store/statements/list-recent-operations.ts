import { defineStatement } from '../statement.ts';

/** The operations of the last `seconds`, at most `limit` of them. */
export const listRecentOperations = defineStatement({
  name: 'list_recent_operations',
  params: { workspaceId: 'int8', seconds: 'int4', limit: 'int8' },
  columns: { id: 'uuid' },
  text: `
    select o.id
    from operations o
    where o.workspace_id = $1 and o.at > now() - make_interval(secs => $2::int4)
    limit $3`,
});
