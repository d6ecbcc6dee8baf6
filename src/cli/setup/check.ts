import { GoalAgentError } from '../../domain/errors.ts';
import { findEntry } from '../../machine/setup/changes.ts';
import { type Client, clients, type Scope } from '../../machine/setup/clients.ts';
import type { Computer } from '../../machine/setup/computer.ts';
import { serverOf } from '../../machine/setup/server-entry.ts';
import { type Tried, tryServer } from '../../machine/setup/start-entry.ts';
import { readTextFile } from '../../machine/setup/text-file.ts';
import { look, print, printJson } from '../render/output.ts';
import { count } from '../render/text.ts';
import type { SetupOptions } from './options.ts';
import { shortPath } from './show-change.ts';

interface Checked {
  client: string;
  scope: Scope;
  file: string;
  works: boolean;
  tools: number | null;
  problem: string | null;
}

/** Starts what every client's file names, one after the other. Ends with 1 unless all of them answer. */
export async function runCheck(computer: Computer, named: Client[], { json }: SetupOptions): Promise<void> {
  const checked: Checked[] = [];
  const seen = new Set<string>();
  for (const client of named.length > 0 ? named : clients) {
    for (const scope of ['user', 'project'] as const) {
      for (const file of client.files(scope, computer)) {
        // in the home directory, some clients have one file for both scopes
        if (seen.size === seen.add(file).size) continue;
        const tried = await tryFile(client, file, computer);
        if (tried === undefined) continue;
        const row = { client: client.name, scope, file, ...answerOf(tried) };
        checked.push(row);
        if (!json) printRow(client, row);
      }
    }
  }
  if (json) printJson({ entries: checked });
  else if (checked.length === 0) print('No client is set up. To set one up: goal-agent setup');
  if (checked.length === 0 || checked.some(({ works }) => !works)) process.exitCode = 1;
}

/** Undefined where the file does not name Goal Agent. */
async function tryFile(client: Client, file: string, { cwd }: Computer): Promise<Tried | undefined> {
  try {
    const entry = findEntry(await readTextFile(file), client);
    if (entry === undefined) return undefined;
    const server = serverOf(entry);
    if (server === undefined) return { isWorking: false, problem: 'the entry names neither a program nor a URL' };
    return await tryServer(server, cwd);
  } catch (error) {
    if (!(error instanceof GoalAgentError)) throw error;
    return { isWorking: false, problem: error.message };
  }
}

function answerOf(tried: Tried): Pick<Checked, 'works' | 'tools' | 'problem'> {
  return tried.isWorking
    ? { works: true, tools: tried.tools, problem: null }
    : { works: false, tools: null, problem: tried.problem };
}

function printRow({ title }: Client, { file, tools, problem }: Checked): void {
  const { colours, signs } = look();
  const start = `${title}  ${shortPath(file)}`;
  if (tools === null) print(`${colours.bad(signs.failed)} ${start}: ${problem}`);
  else print(`${colours.good(signs.done)} ${start}: answers with ${count(tools, 'tool')}`);
}
