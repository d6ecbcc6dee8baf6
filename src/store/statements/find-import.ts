import { defineStatement } from '../statement.ts';

/** Whether this content was imported already, and when. */
export const findImport = defineStatement({
  name: 'find_import',
  params: { workspaceId: 'int8', contentHash: 'text' },
  columns: { imported_at: 'timestamptz' },
  text: `
    select imported_at
    from imports
    where workspace_id = $1 and content_hash = $2`,
});
