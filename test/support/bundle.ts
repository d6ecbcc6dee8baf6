import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** The program as users start it. */
export const program = path.join(root, 'dist/main/goal-agent.js');

/** Builds the program unless it is newer than everything that it is made of. For the one process that starts the run. */
export function buildIfStale(): void {
  const built = statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (newest(path.join(root, 'src')) < built && newest(path.join(root, 'migrations')) < built) return;
  execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs')], { cwd: root, stdio: 'inherit' });
}

function newest(directory: string): number {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((file) => statSync(path.join(directory, file)).mtimeMs));
}
