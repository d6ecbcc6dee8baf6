import path from 'node:path';
import type { Computer } from '../../machine/setup/computer.ts';
import { withInstructions, withoutInstructions } from '../../machine/setup/instructions.ts';
import { readTextFile, writeTextFile } from '../../machine/setup/text-file.ts';
import { look, print } from '../render/output.ts';
import type { SetupOptions } from './options.ts';
import { isWanted, printChange, shortPath } from './show-change.ts';

const usualFile = 'AGENTS.md';

/** Writes how to use Goal Agent into a file that agents read at their start, or takes it out of it. */
export async function runInstructions({ cwd }: Computer, options: SetupOptions, name: string | true): Promise<void> {
  const file = path.resolve(cwd, name === true ? usualFile : name);
  const found = await readTextFile(file);
  const after = options.undo ? leftOf(found.text) : withInstructions(found.text ?? '');
  const { colours, signs } = look();
  if (after === found.text) {
    print(`${shortPath(file)} ${options.undo ? 'has no instructions to take out' : 'has the instructions already'}.`);
    return;
  }
  printChange(file, found.text, after);
  if (!(await isWanted(`Change ${shortPath(file)}?`, options))) return;
  await writeTextFile(found, after, 0o644);
  const what = options.undo ? 'has no instructions any more' : 'tells agents how to use Goal Agent';
  print(`${colours.good(signs.done)} ${shortPath(file)} ${what}.`);
}

/** A file that has nothing but the instructions goes with them. */
function leftOf(text: string | undefined): string | undefined {
  const left = text === undefined ? undefined : withoutInstructions(text);
  return left?.trim() === '' && left !== text ? undefined : left;
}
