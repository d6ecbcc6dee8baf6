import { randomUUID, timingSafeEqual } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { link, open, stat, unlink } from 'node:fs/promises';
import { GoalAgentError } from '../domain/errors.ts';
import { hashOfToken, newTokenText, readTokenText } from '../service/token-text.ts';
import { giveToOwner, isRoot } from '../store/embedded/account.ts';
import { makeFolders } from '../store/embedded/make-folders.ts';
import { codeOf, explain, unless } from '../store/embedded/trouble.ts';
import { localTokenFile } from './config/paths.ts';

/** More bytes than a token has: a longer file holds no token. */
const mostBytes = 1_000;
const isWindows = process.platform === 'win32';

/**
 * The local token of this home, made if there is none: of several processes that make one at once, the first one's counts.
 *
 * @throws GoalAgentError `configuration` for a file that others may read, another user's, or none of ours; and for a folder
 *   in which nothing can be made.
 */
export async function ensureLocalToken(home: string): Promise<string> {
  return (await readLocalToken(home)) ?? (await makeLocalToken(home));
}

/**
 * The local token of this home, or undefined where none was made yet.
 *
 * @throws GoalAgentError `configuration` for a file that others may read, another user's, or none of ours.
 */
export async function readLocalToken(home: string): Promise<string | undefined> {
  const file = localTokenFile(home);
  // not through a link, which may lead to a file of somebody else; nor waiting at a pipe
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(file, flags).catch((error) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw refused(file, codeOf(error) === 'ELOOP' ? 'is a link' : `cannot be read (${codeOf(error)})`, error);
  });
  if (handle === undefined) return undefined;
  try {
    const problem = problemOf(await handle.stat(), await ownersOf(home));
    if (problem !== undefined) throw refused(file, problem);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
    const text = buffer.toString('latin1', 0, bytesRead).trim();
    if (readTokenText(text)?.workspaceId !== 'local') throw refused(file, 'holds no token');
    return text;
  } finally {
    await handle.close();
  }
}

/** Whether a caller's text is this token, in a time that tells nothing of it. */
export function isLocalToken(text: string, token: string): boolean {
  return timingSafeEqual(hashOfToken(text), hashOfToken(token));
}

/** The text is on the disk before the file has its name; therefore nobody reads half of it. */
async function makeLocalToken(home: string): Promise<string> {
  const file = localTokenFile(home);
  const draft = `${file}.${randomUUID()}`;
  try {
    makeFolders(home);
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${newTokenText('local')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await giveToOwner(draft, home);
    // fails where another process was faster
    await link(draft, file).catch(unless('EEXIST'));
  } catch (error) {
    throw explain(error, home);
  } finally {
    await unlink(draft).catch(unless('ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS'));
  }
  const token = await readLocalToken(home);
  if (token === undefined) throw refused(file, 'was removed at the moment when it was made');
  return token;
}

/** Who may own the file: this process's user, and for root the user whose home it is. */
async function ownersOf(home: string): Promise<(number | undefined)[]> {
  return [process.getuid?.(), ...(isRoot ? [(await stat(home)).uid] : [])];
}

/** Windows has neither modes nor numbers of users; there the folder is its user's. */
function problemOf(stats: Stats, owners: (number | undefined)[]): string | undefined {
  if (!stats.isFile()) return 'is no file';
  if (isWindows) return undefined;
  if (!owners.includes(stats.uid)) return 'belongs to another user';
  if ((stats.mode & 0o077) !== 0) return `may be read by others (mode ${(stats.mode & 0o777).toString(8)})`;
  return undefined;
}

function refused(file: string, problem: string, cause?: unknown): GoalAgentError {
  return new GoalAgentError(
    'configuration',
    `${file} ${problem}, so it proves nothing: it has to be a file of yours with mode 600. Move it away; the next start of the service makes a new one.`,
    { cause },
  );
}
