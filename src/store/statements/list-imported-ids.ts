import { defineStatement } from '../statement.ts';

/** What earlier imports of one origin made of the IDs in it, the newest last: {goals: {theirs: ours}, tasks: {theirs: ours}}. */
export const listImportedIds = defineStatement({
  name: 'list_imported_ids',
  params: { workspaceId: 'int8', origin: 'text' },
  columns: { ids: 'jsonb' },
  text: `
    select report -> 'ids' as ids
    from imports
    where workspace_id = $1 and report ->> 'origin' = $2
    order by imported_at, content_hash`,
});
