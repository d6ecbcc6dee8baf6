import { defineStatement } from '../statement.ts';

/** What an export remembers of imports. */
export const restoreImports = defineStatement({
  name: 'restore_imports',
  params: { workspaceId: 'int8', imports: 'jsonb' },
  columns: {},
  text: `
    insert into imports (workspace_id, content_hash, source, imported_at, report)
    select $1, n.content_hash, n.source, n.imported_at, n.report
    from jsonb_to_recordset($2::jsonb) as n (content_hash text, source text, imported_at timestamptz, report jsonb)
    on conflict (workspace_id, content_hash) do nothing`,
});
