import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Account, give } from './account.ts';
import { writeAuthentication } from './authentication.ts';
import type { Place } from './place.ts';
import { replaceFile } from './replace-file.ts';
import { unless } from './trouble.ts';

interface Mending {
  readonly home: string;
  readonly place: Place;
  /** The user that is to run the server; undefined is this process's own. */
  readonly account: Account | undefined;
  readonly say: (line: string) => void;
}

/**
 * Puts right what keeps PostgreSQL from starting on a directory, or others from being kept out, where it can be known for certain: an owner
 * that others are too, a mode that lets others in, the rules of who may connect, small files that a power loss has emptied. Only the holder of the start lock may call this, while no server has the directory.
 */
export async function mend({ home, place, account, say }: Mending): Promise<void> {
  const { dataDirectory, major } = place;
  if (account) await moveTo(account, place, say);
  await closeToOthers(dataDirectory, say);
  const version = `${major}\n`;
  await fill(join(dataDirectory, 'PG_VERSION'), version, say);
  for (const name of (await readdir(join(dataDirectory, 'base')).catch(unless('ENOENT'))) ?? []) {
    const file = join(dataDirectory, 'base', name, 'PG_VERSION');
    // one that is missing is that of a database which was being removed
    if (await stat(file).catch(unless('ENOENT', 'ENOTDIR'))) await fill(file, version, say);
  }
  // all settings of ours are on the command line (settings.ts), but PostgreSQL wants the file
  await makeMissing(join(dataDirectory, 'postgresql.conf'), say);
  await writeAuthentication(dataDirectory, home);
}

async function moveTo(account: Account, place: Place, say: (line: string) => void): Promise<void> {
  const { uid } = await stat(place.dataDirectory);
  if (uid === account.uid) return;
  say(`${place.dataDirectory} belongs to user ${uid}, whom other programs run as: giving it to user ${account.uid}.`);
  await give(place.dataDirectory, account);
  if (place.socketDirectory === place.dataDirectory) return;
  // the old owner may have put anything in there
  const old = `${place.socketDirectory}.old`;
  await rename(place.socketDirectory, old).catch(unless('ENOENT'));
  await promisify(execFile)('rm', ['-rf', old], { cwd: '/' });
}

async function closeToOthers(directory: string, say: (line: string) => void): Promise<void> {
  if (process.platform === 'win32') return;
  const mode = (await stat(directory)).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  say(`${directory} was open to others (mode ${mode.toString(8)}): closing it to all but its owner.`);
  await chmod(directory, 0o700);
}

async function fill(file: string, text: string, say: (line: string) => void): Promise<void> {
  const there = await readFile(file, 'utf8').catch(unless('ENOENT'));
  if (there?.trim()) return;
  say(`${file} is empty, as after a power loss: writing it anew.`);
  await replaceFile(file, text);
}

async function makeMissing(file: string, say: (line: string) => void): Promise<void> {
  if (await stat(file).catch(unless('ENOENT'))) return;
  say(`${file} is missing: making an empty one.`);
  await replaceFile(file, '');
}
