import { homedir } from 'node:os';
import path from 'node:path';
import { type DiffLine, diffLines } from '../../machine/setup/diff-lines.ts';
import { confirm } from '../confirm.ts';
import type { Colours, Paint } from '../render/look.ts';
import { look, print } from '../render/output.ts';
import { cut } from '../render/text.ts';
import type { SetupOptions } from './options.ts';

/** A path as people write it. */
export function shortPath(file: string): string {
  const home = process.env.HOME || homedir();
  return file.startsWith(home + path.sep) ? `~${file.slice(home.length)}` : file;
}

/** Shows how a file changes; undefined is a file that is not there. */
export function printChange(file: string, before: string | undefined, after: string | undefined): void {
  const here = look();
  const state = before === undefined ? ' (a new file)' : after === undefined ? ' (will be removed)' : '';
  print(here.colours.strong(shortPath(file)) + here.colours.muted(state));
  for (const line of diffLines(before ?? '', after ?? '')) {
    print(`  ${paintOf(line, here.colours)(cut(line.text, here.width - 2, here))}`);
  }
}

function paintOf({ kind }: DiffLine, { good, bad, accent }: Colours): Paint {
  return kind === 'added' ? good : kind === 'removed' ? bad : kind === 'place' ? accent : (text) => text;
}

/** Whether the change is to be made. Says so where nobody can be asked. */
export async function isWanted(question: string, { yes, print: printsOnly }: SetupOptions): Promise<boolean> {
  if (printsOnly) return false;
  if (yes || (await confirm(question))) return true;
  print('Nothing was changed. --yes changes the file without a question.');
  process.exitCode = 1;
  return false;
}
