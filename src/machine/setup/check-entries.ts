import { GoalAgentError } from '../../domain/errors.ts';
import { findEntry } from './changes.ts';
import type { Client, Scope } from './clients.ts';
import type { Computer } from './computer.ts';
import { type Server, serverOf } from './server-entry.ts';
import { type Tried, tryServer } from './start-entry.ts';
import { readTextFile } from './text-file.ts';

/** An entry of Goal Agent in a client's file, and whether what it names answers. */
export interface CheckedEntry {
  client: Client;
  scope: Scope;
  file: string;
  /** Undefined where the file cannot be read, or the entry names nothing to start. */
  server: Server | undefined;
  tried: Tried;
}

/** Starts what the files of these clients name, as each client would, one after the other. */
export async function* checkEntries(computer: Computer, clients: readonly Client[]): AsyncGenerator<CheckedEntry> {
  const seen = new Set<string>();
  for (const client of clients) {
    for (const scope of ['user', 'project'] as const) {
      for (const file of client.files(scope, computer)) {
        // in the home directory, some clients have one file for both scopes
        if (seen.size === seen.add(file).size) continue;
        const checked = await checkFile(client, file, computer);
        if (checked !== undefined) yield { client, scope, file, ...checked };
      }
    }
  }
}

/** Undefined where the file does not name Goal Agent. */
async function checkFile(
  client: Client,
  file: string,
  { cwd }: Computer,
): Promise<Pick<CheckedEntry, 'server' | 'tried'> | undefined> {
  const failed = (problem: string) => ({ server: undefined, tried: { isWorking: false, problem } }) as const;
  try {
    const entry = findEntry(await readTextFile(file), client);
    if (entry === undefined) return undefined;
    const server = serverOf(entry);
    if (server === undefined) return failed('the entry names neither a program nor a URL');
    return { server, tried: await tryServer(server, cwd) };
  } catch (error) {
    if (!(error instanceof GoalAgentError)) throw error;
    return failed(error.message);
  }
}
