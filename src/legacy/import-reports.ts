import type { Call } from '../service/call.ts';
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
  const { database, workspaceId } = call.store;
  const rows = await database.read(listImports, { workspaceId }, { signal: call.signal });
  return rows.map(({ source, imported_at, report }) => ({
    source,
    importedAt: imported_at,
    report: ImportReport.parse(report),
  }));
}
