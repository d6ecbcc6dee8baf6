import { defineStatement } from '../statement.ts';

/** Moves counters on to `nexts`, those that are behind: rows that came with numbers of their own are not met again. */
export const raiseCounters = defineStatement({
  name: 'raise_counters',
  params: { workspaceId: 'int8', kinds: 'text[]', nexts: 'int8[]' },
  columns: {},
  text: `
    update counters c
    set next = n.next
    from unnest($2::text[], $3::int8[]) as n (kind, next)
    where c.workspace_id = $1 and c.kind = n.kind and c.next < n.next`,
});
