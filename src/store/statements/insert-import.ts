import { defineStatement } from '../statement.ts';

/** Remembers that a content was imported. One that is imported again, on purpose, gets the newer report. */
export const insertImport = defineStatement({
  name: 'insert_import',
  params: { workspaceId: 'int8', contentHash: 'text', source: 'text', report: 'jsonb' },
  columns: {},
  text: `
    insert into imports (workspace_id, content_hash, source, report)
    values ($1, $2, $3, $4)
    on conflict (workspace_id, content_hash) do update
    set source = excluded.source, report = excluded.report, imported_at = excluded.imported_at`,
});
