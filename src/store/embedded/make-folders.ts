import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from './trouble.ts';

/**
 * Makes a folder and those above it, for their owner alone. (Node's own way loops for ever where a parent cannot be made, as in /proc, and
 * says on a read-only disk that the folder is not there.)
 * @throws a system error with the path that could not be made
 */
export function makeFolders(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if (isFolder(directory)) return;
    const parent = dirname(directory);
    if (codeOf(error) !== 'ENOENT' || parent === directory || isFolder(parent)) throw error;
    makeFolders(parent);
    makeFolders(directory);
  }
}

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};
