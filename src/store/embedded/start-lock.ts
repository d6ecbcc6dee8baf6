import { randomUUID } from 'node:crypto';
import { chmod, link, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { birthOf, processSpace } from './process.ts';
import { codeOf, unless } from './trouble.ts';

/*
 * One process at a time creates or starts the server. Whoever died with the lock in hand must not keep it, and the classic way to
 * take such a lock over (see that it is dead, delete it, make a new one) has a race: the second to delete removes the first one's new lock.
 * So a lock is never taken over. Locks are numbered, only the highest number counts, and the highest is never deleted:
 *
 *   start-lock.7   {"pid":4711,…}   dead: nobody holds the lock, and the next is 8
 *   start-lock.8   {"pid":4712,…}   made by link(2), which only one process can do
 *   start-lock.8   (empty)          released
 *
 * A lock has its whole content from its first moment, so anything else under such a name is what a crash of the machine left: nobody holds it.
 */
// fifteen digits: a larger number cannot be counted on from
const NAME = /^start-lock\.(\d{1,15})$/;
const OLD_LOCKS_KEPT = 16;
/** How long a lock is believed whose holder cannot be looked up (in another container, or on Windows). */
const BLIND_TRUST_MS = 60_000;

interface Holder {
  readonly pid: number;
  readonly born: string;
  readonly space: string;
}

export interface StartLock {
  release(): Promise<void>;
}

/** The lock, or undefined while a living process has it. It keeps no file open and no timer running. */
export async function tryStartLock(directory: string): Promise<StartLock | undefined> {
  const newest = await newestNumber(directory);
  if (newest > 0 && (await isHeld(join(directory, `start-lock.${newest}`)))) return undefined;
  return tryNumber(directory, newest + 1);
}

/** The lock of this number, or undefined when another process has it or a higher one. */
export async function tryNumber(directory: string, number: number): Promise<StartLock | undefined> {
  const file = join(directory, `start-lock.${number}`);
  if (!(await claim(directory, file))) return undefined;
  // slow since the look at the newest? then others have come and gone, this number was swept and is free again, but a higher one exists
  if ((await newestNumber(directory)) !== number) return undefined;
  await sweep(directory, number - OLD_LOCKS_KEPT);
  // emptying a file works on a full disk too
  return { release: () => truncate(file, 0) };
}

async function newestNumber(directory: string): Promise<number> {
  const numbers = (await readdir(directory)).map((name) => Number(NAME.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

async function isHeld(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch((error) =>
    codeOf(error) === 'EISDIR' ? '' : unless('ENOENT')(error),
  );
  if (text === undefined) return true; // swept meanwhile: there are newer ones
  const holder = parseHolder(text);
  if (!holder) return false;
  if (holder.space === (await processSpace())) {
    const born = await birthOf(holder.pid);
    if (born !== '?') return born === holder.born;
  }
  const made = await stat(file).catch(unless('ENOENT'));
  return made === undefined || Date.now() - made.mtimeMs < BLIND_TRUST_MS;
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, born, space } = JSON.parse(text) as Partial<Holder>;
    return Number.isInteger(pid) && typeof born === 'string' && typeof space === 'string'
      ? ({ pid, born, space } as Holder)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Makes the lock file with its content in one step; false when another process was first. */
async function claim(directory: string, file: string): Promise<boolean> {
  const holder: Holder = {
    pid: process.pid,
    born: (await birthOf(process.pid)) ?? '?',
    space: await processSpace(),
  };
  const draft = join(directory, `draft-${randomUUID()}`);
  try {
    await writeFile(draft, JSON.stringify(holder));
    await chmod(draft, 0o644); // whatever root's umask is: the home's owner has to read it
    await link(draft, file);
    return true;
  } catch (error) {
    unless('EEXIST')(error);
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

async function sweep(directory: string, below: number): Promise<void> {
  for (const name of await readdir(directory)) {
    if (Number(NAME.exec(name)?.[1] ?? Number.POSITIVE_INFINITY) < below)
      await rm(join(directory, name), { force: true, recursive: true });
  }
}
