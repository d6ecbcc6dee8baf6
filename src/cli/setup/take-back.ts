import { withoutSetup } from '../../machine/setup/changes.ts';
import { readTextFile, writeTextFile } from '../../machine/setup/text-file.ts';
import { look, print } from '../render/output.ts';
import { filesOf, type Setup } from './set-up.ts';
import { isWanted, printChange, shortPath } from './show-change.ts';

/** Takes Goal Agent out of the files of a client. What others wrote since stays. */
export async function takeBack(setup: Omit<Setup, 'server'>): Promise<void> {
  for (const file of filesOf(setup.client, setup.computer, setup.options)) await takeBackFile(setup, file);
}

async function takeBackFile({ client, backups, options }: Omit<Setup, 'server'>, file: string): Promise<void> {
  const found = await readTextFile(file);
  const backup = await backups.find(found.real);
  const after = withoutSetup(found, client, backup);
  const { colours, signs } = look();
  if (after === found.text) {
    print(`${client.title} has no Goal Agent to take back: ${shortPath(file)}`);
    return;
  }
  printChange(file, found.text, after);
  if (!(await isWanted(`Change ${shortPath(file)} back?`, options))) return;
  await writeTextFile(found, after, 0o600);
  await backups.drop(found.real);
  const isExact = backup !== undefined && backup.text === after;
  const state = isExact ? 'is as it was before setup' : 'keeps what others wrote, and has nothing of setup';
  print(`${colours.good(signs.done)} ${client.title}: ${shortPath(file)} ${state}.`);
}
