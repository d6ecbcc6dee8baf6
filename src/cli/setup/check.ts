import { checkEntries } from '../../machine/setup/check-entries.ts';
import { type Client, clients, type Scope } from '../../machine/setup/clients.ts';
import type { Computer } from '../../machine/setup/computer.ts';
import type { Tried } from '../../machine/setup/start-entry.ts';
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

/** Starts what every client's file names. Ends with 1 unless all of them answer. */
export async function runCheck(computer: Computer, named: Client[], { json }: SetupOptions): Promise<void> {
  const checked: Checked[] = [];
  for await (const { client, scope, file, tried } of checkEntries(computer, named.length > 0 ? named : clients)) {
    const row = { client: client.name, scope, file, ...answerOf(tried) };
    checked.push(row);
    if (!json) printRow(client, row);
  }
  if (json) printJson({ entries: checked });
  else if (checked.length === 0) print('No client is set up. To set one up: goal-agent setup');
  if (checked.length === 0 || checked.some(({ works }) => !works)) process.exitCode = 1;
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
