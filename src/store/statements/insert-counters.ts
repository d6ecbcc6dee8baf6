import { defineStatement } from '../statement.ts';

/** A workspace's counters, those that it does not have yet. */
export const insertCounters = defineStatement({
  name: 'insert_counters',
  params: { workspaceId: 'int8', kinds: 'text[]' },
  columns: {},
  text: `
    insert into counters (workspace_id, kind)
    select $1, kind
    from unnest($2::text[]) as kinds (kind)
    on conflict (workspace_id, kind) do nothing`,
});
