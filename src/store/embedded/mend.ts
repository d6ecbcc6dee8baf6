import { randomUUID } from 'node:crypto';
import { chmod, chown, open, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isRoot } from './account.ts';
import type { Place } from './place.ts';
import { unless } from './trouble.ts';

/**
 * Puts right what keeps PostgreSQL from starting on a directory and can be known for certain: small files that a power loss has emptied,
 * and a mode that lets others in. Only the holder of the start lock may call this, while no server has the directory.
 */
export async function mend(place: Place, say: (line: string) => void): Promise<void> {
  const { dataDirectory, major } = place;
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

/** Writes a file of the data directory in one step, on disk when this returns, as its owner's. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (isRoot) {
    const { uid, gid } = await stat(join(file, '..'));
    await chown(draft, uid, gid);
  }
  await rename(draft, file);
}
