import { defineStatement } from '../statement.ts';
import { exactTime } from './sql.ts';

export const exportImports = defineStatement({
  name: 'export_imports',
  params: { workspaceId: 'int8' },
  columns: { content_hash: 'text', source: 'text', imported_at: 'text', report: 'jsonb' },
  text: `
    select i.content_hash, i.source, ${exactTime('i.imported_at')} as imported_at, i.report
    from imports i
    where i.workspace_id = $1
    order by i.imported_at, i.content_hash`,
});
