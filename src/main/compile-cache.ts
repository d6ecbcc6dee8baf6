import { statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import path from 'node:path';

/** Node 22 and newer have it. */
const { enableCompileCache } = nodeModule as { enableCompileCache?: (directory: string) => unknown };

/**
 * Lets Node keep compiled code in this folder, which only its user may open, if the folder exists. Node's own folder is
 * below the temporary directory, where others may have put code for us.
 */
export function useCompileCache(home: string | undefined): void {
  if (enableCompileCache === undefined || home === undefined) return;
  if (statSync(home, { throwIfNoEntry: false })?.isDirectory()) enableCompileCache(path.join(home, 'compile-cache'));
}
