import { createHash, randomUUID } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { GoalAgentError } from '../../domain/errors.ts';
import { makePrivate } from './account.ts';
import { codeOf, unless } from './trouble.ts';

interface LibraryLink {
  /** The file that is there, and the name the dynamic linker looks for; both begin with `native/`. */
  readonly source: string;
  readonly target: string;
}

const LIST = 'pg-symlinks.json';

/** Whether a folder is the `native` folder of an npm package. */
export async function isPackage(native: string): Promise<boolean> {
  return (await stat(join(native, LIST)).catch(() => undefined)) !== undefined;
}

/**
 * npm cannot pack symbolic links, so the PostgreSQL packages make the links of their libraries in an install script, which many
 * installations do not run. Makes those that are missing; where the package is read-only, in a folder under `home`.
 * Any number of processes may do this at once: all make the same links.
 * @param native the folder that has `bin`, `lib` and the list of links; without that file nothing is done
 * @returns the environment variables that the programs then need
 */
export async function restoreLibraryLinks(native: string, home: string): Promise<Record<string, string>> {
  const list = await readFile(join(native, LIST), 'utf8').catch(unless('ENOENT', 'ENOTDIR', 'EACCES'));
  if (list === undefined) return {};
  const links = (JSON.parse(list) as LibraryLink[]).map(({ source, target }) => ({
    source: resolve(native, relative('native', source)),
    target: resolve(native, relative('native', target)),
  }));
  try {
    for (const { source, target } of links) await makeLink(relative(dirname(target), source), target);
    return {};
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) throw error;
    return linkUnder(join(home, 'postgres', `libraries-${shortHash(native)}`), links, home);
  }
}

async function linkUnder(directory: string, links: readonly LibraryLink[], home: string) {
  await makePrivate(directory, home);
  for (const { source, target } of links) await makeLink(source, join(directory, basename(target)));
  // the package's own folder too: a library found through a link looks for its neighbours beside the link
  const path = [directory, ...new Set(links.map(({ source }) => dirname(source)))].join(':');
  return { [process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']: path };
}

async function makeLink(source: string, target: string): Promise<void> {
  const there = await readlink(target).catch(unless('ENOENT', 'EINVAL'));
  if (there === source) return;
  // a real file under this name (EINVAL) is as good as a link
  if (there === undefined && (await lstat(target).catch(unless('ENOENT')))) return;
  // by rename, so that a link that is there but wrong is never missing to a process that starts now
  const draft = `${target}.${randomUUID()}`;
  await symlink(source, draft);
  await rename(draft, target);
}

/** Where root's copy of a package folder belongs: named after what it is a copy of, so that an update gets its own. */
export async function copyPlace(native: string): Promise<string> {
  const { size, mtimeMs } = await stat(join(native, 'bin', 'postgres'));
  return join('/var/cache/goal-agent', `postgres-${shortHash(`${native} ${size} ${mtimeMs}`)}`);
}

/**
 * A copy of the package folder that every user can read, made once: root's packages often lie under /root, where the user that
 * root's server runs as may not go. (Linking would not do: PostgreSQL resolves its own path and looks for its files there.)
 */
export async function copyForOthers(native: string, { anew = false } = {}): Promise<string> {
  const copy = await copyPlace(native);
  await mkdir(dirname(copy), { recursive: true, mode: 0o755 });
  const parent = await lstat(dirname(copy));
  if (!parent.isDirectory() || parent.uid !== 0 || (parent.mode & 0o022) !== 0) {
    throw new GoalAgentError(
      'configuration',
      `${dirname(copy)} can be changed by others than root: programs from there are not run.`,
    );
  }
  if (anew) await rm(copy, { recursive: true, force: true });
  if (await stat(copy).catch(unless('ENOENT'))) return copy;
  const draft = `${copy}.${randomUUID()}`;
  try {
    await cp(native, draft, { recursive: true, verbatimSymlinks: true });
    await chmod(draft, 0o755);
    await rename(draft, copy);
  } catch (error) {
    // another process was first
    unless('ENOTEMPTY', 'EEXIST')(error);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return copy;
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
