import { statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import path from 'node:path';

/** Node 22 and newer have it. */
const { enableCompileCache } = nodeModule as { enableCompileCache?: (directory: string) => unknown };

/**
 * Lets Node keep what it compiled in this folder, which is its user's alone, if it is there: the folder that Node would take
 * is below the temporary directory, where others may have put code for us.
 */
export function useCompileCache(home: string | undefined): void {
  if (enableCompileCache === undefined || home === undefined) return;
  if (statSync(home, { throwIfNoEntry: false })?.isDirectory()) enableCompileCache(path.join(home, 'compile-cache'));
}
