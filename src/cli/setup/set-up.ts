import { GoalAgentError } from '../../domain/errors.ts';
import type { Backups } from '../../machine/setup/backups.ts';
import { findEntry, withEntry } from '../../machine/setup/changes.ts';
import type { Client } from '../../machine/setup/clients.ts';
import type { Computer } from '../../machine/setup/computer.ts';
import { installLink } from '../../machine/setup/links.ts';
import type { Entry, Server } from '../../machine/setup/server-entry.ts';
import { readTextFile, writeTextFile } from '../../machine/setup/text-file.ts';
import { hint, look, print } from '../render/output.ts';
import type { SetupOptions } from './options.ts';
import { isWanted, printChange, shortPath } from './show-change.ts';

export interface Setup {
  client: Client;
  computer: Computer;
  backups: Backups;
  options: SetupOptions;
  server: Server;
}

/** A new file of the user is for nobody else; one of a project is for all who have the project. */
const newModes = { user: 0o600, project: 0o644 };

/** Adds Goal Agent to the files of a client. */
export async function setUp(setup: Setup): Promise<void> {
  const { client, computer, options, server } = setup;
  const entry = entryFor(client, server);
  for (const file of filesOf(client, computer, options)) await setUpFile(setup, file, entry);
  const link = installLink(client.name, entry);
  if (link !== undefined) print(`Or with one click in ${client.title}:  ${link}`);
}

/** @throws GoalAgentError `invalid` where the client has no such scope. */
export function filesOf(client: Client, computer: Computer, { scope }: SetupOptions): string[] {
  const files = client.files(scope, computer);
  if (files.length > 0) return files;
  throw new GoalAgentError('invalid', `${client.title} has no configuration of a project; use --scope user.`);
}

function entryFor({ title, shape }: Client, server: Server): Entry {
  if (server.kind === 'local') return shape.local(server);
  if (shape.remote !== undefined) return shape.remote(server);
  throw new GoalAgentError(
    'invalid',
    `${title} starts programs from this file, and no more. Add the URL among the connectors in its settings, or leave --remote out.`,
  );
}

async function setUpFile({ client, backups, options }: Setup, file: string, entry: Entry): Promise<void> {
  const found = await readTextFile(file);
  if (found.text === undefined && options.scope === 'user' && client.ownFileFirst !== undefined) {
    throw new GoalAgentError('conflict', `There is no ${shortPath(file)} yet. ${client.ownFileFirst}`);
  }
  const after = withEntry(found, client, entry);
  const { colours, signs } = look();
  if (after === found.text) {
    print(`${colours.good(signs.done)} ${client.title} has Goal Agent already: ${shortPath(file)}`);
    return;
  }
  printChange(file, found.text, after);
  if (!(await isWanted(`Change ${shortPath(file)}?`, options))) return;
  // with our entry in the file, an earlier setup has kept how the file was before that
  const isFirst = findEntry(found, client) === undefined || (await backups.find(found.real)) === undefined;
  if (isFirst) await backups.keep(found.real, found.text);
  await writeTextFile(found, after, newModes[options.scope]);
  print(`${colours.good(signs.done)} ${client.title} has Goal Agent. ${client.restart}`);
  if (found.text !== undefined) print(`The file as it was:  ${shortPath(backups.fileOf(found.real))}`);
  if (options.scope === 'project') print('The file names paths of this machine, and other machines have others.');
  const undo = `goal-agent setup ${client.name}${options.scope === 'user' ? '' : ' --scope project'} --undo`;
  for (const line of hint(`try it: goal-agent setup --check    take it back: ${undo}`)) print(line);
}
