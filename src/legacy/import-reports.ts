import { type Call, read } from '../service/call.ts';
import { step } from '../store/database.ts';
import { listImports } from '../store/statements/list-imports.ts';
import { ImportReport } from './report.ts';

/** A finished import, with its changes. */
export interface KeptReport {
  source: string;
  importedAt: string;
  report: ImportReport;
}

/** The reports of all imports into the workspace, the newest last. */
export async function listImportReports(call: Call): Promise<KeptReport[]> {
  const { rows } = await read(call, { rows: step(listImports, { workspaceId: call.store.workspaceId }) });
  return rows.map(({ source, imported_at, report }) => ({
    source,
    importedAt: imported_at,
    report: ImportReport.parse(report),
  }));
}
