import { chown, mkdir, open, readFile, stat } from 'node:fs/promises';
import { ownedByRoot, unless } from './trouble.ts';

/** An operating system user, by number. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export const isRoot = process.getuid?.() === 0;

/**
 * The user that a new server is to run as; undefined means the one this process runs as. PostgreSQL refuses to run as root, so
 * root's server runs as the owner of the home folder if that is somebody else, or as `nobody`.
 * It has to be in /etc/passwd: initdb looks its own name up.
 */
export async function accountForNewServer(home: string): Promise<Account | undefined> {
  if (!isRoot) return undefined;
  const accounts = parsePasswd(await readFile('/etc/passwd', 'utf8'));
  const owner = (await stat(home)).uid;
  return (
    accounts.find((account) => account.uid === owner) ??
    accounts.find((account) => account.name === 'nobody') ??
    accounts[0]
  );
}

/**
 * The user of an existing data directory: only its owner may run a server on it.
 * @throws GoalAgentError `configuration` when that is root
 */
export async function accountOf(dataDirectory: string): Promise<Account | undefined> {
  if (!isRoot) return undefined;
  const { uid, gid } = await stat(dataDirectory);
  if (uid === 0) throw ownedByRoot(dataDirectory);
  return { uid, gid };
}

/** A directory as a server of another user is given it: by an open handle, to be passed on as its fourth file. */
export interface HandedDirectory {
  /** What the server is to call it. */
  readonly name: string;
  readonly handles: readonly number[];
  close(): Promise<void>;
}

/**
 * Hands a directory to a program that will run as `account`. Its path may lead through /root, which is closed to that user; but on Linux a
 * process reaches what it has open by the name /proc/self/fd/3, whatever the path.
 * (/proc/self/cwd is not enough: up to version 15 PostgreSQL changes directory to find itself, and then cannot go back.)
 */
export async function handDirectory(directory: string, account: Account | undefined): Promise<HandedDirectory> {
  if (!account || process.platform !== 'linux') return { name: directory, handles: [], close: async () => {} };
  const handle = await open(directory, 'r');
  return { name: '/proc/self/fd/3', handles: [handle.fd], close: () => handle.close() };
}

/** The ordinary users among the lines of a passwd file, in its order. */
export function parsePasswd(text: string): (Account & { name: string })[] {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter((account) => account.uid > 0 && Number.isInteger(account.gid));
}

/** Makes a folder that only its owner may enter. As root it goes to the home folder's owner, who may run Goal Agent next. */
export async function makePrivate(directory: string, home: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await giveToOwner(directory, home);
}

export async function giveToOwner(path: string, home: string): Promise<void> {
  if (!isRoot) return;
  const { uid, gid } = await stat(home);
  if (uid !== 0) await chown(path, uid, gid).catch(unless('ENOENT'));
}
