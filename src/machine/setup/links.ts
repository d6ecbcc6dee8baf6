import { entryName } from './changes.ts';
import type { Entry } from './server-entry.ts';

/** The link that adds a server with one click, for the clients that have one. */
export function installLink(clientName: string, entry: Entry): string | undefined {
  if (clientName === 'cursor') {
    const config = encodeURIComponent(Buffer.from(JSON.stringify(entry)).toString('base64'));
    return `cursor://anysphere.cursor-deeplink/mcp/install?name=${entryName}&config=${config}`;
  }
  if (clientName === 'vscode') {
    return `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: entryName, ...entry }))}`;
  }
  return undefined;
}
