import { defineStatement } from '../statement.ts';

/** The next number of each kind. */
export const listCounters = defineStatement({
  name: 'list_counters',
  params: { workspaceId: 'int8' },
  columns: { kind: 'text', next: 'int8' },
  text: `
    select kind, next
    from counters
    where workspace_id = $1
    order by kind`,
});
