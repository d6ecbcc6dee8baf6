/** What the export of a workspace that is deleted is called: `team-2026-11-28T10-42-00Z.json`. */
export function exportName(workspace: string): string {
  return `${workspace}-${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}Z.json`;
}
