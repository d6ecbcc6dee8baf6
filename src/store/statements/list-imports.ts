import { defineStatement } from '../statement.ts';

/** All imports with their reports, the newest last. */
export const listImports = defineStatement({
  name: 'list_imports',
  params: { workspaceId: 'int8' },
  columns: { content_hash: 'text', source: 'text', imported_at: 'timestamptz', report: 'jsonb' },
  text: `
    select content_hash, source, imported_at, report
    from imports
    where workspace_id = $1
    order by imported_at, content_hash`,
});
