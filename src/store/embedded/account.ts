import { execFile } from 'node:child_process';
import { lchown, open, readdir, readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { makeFolders } from './make-folders.ts';
import { mayNotChangeUser, unless } from './trouble.ts';

/** An operating system user, by number. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export const isRoot = process.getuid?.() === 0;

/** Numbers that no distribution and no systemd gives to anybody (systemd's UIDS-GIDS page), and that user namespaces of 65,536 have too. */
const FIRST_OWN = 60_900;
const LAST_OWN = 60_999;
const run = promisify(execFile);

/**
 * The user that a new server is to run as; undefined means the one this process runs as. PostgreSQL refuses to run as root, so
 * root's server runs as the owner of the home folder or, if that is root, under a number that nothing else has: whoever shares the
 * server's number (any process of `nobody`, say) can reach its files through /proc.
 */
export async function accountForNewServer(home: string): Promise<Account | undefined> {
  if (!isRoot) return undefined;
  const { uid, gid } = await stat(home);
  return uid === 0 ? unusedAccount() : ((await listedAccount(uid)) ?? { uid, gid });
}

/** The user that is to run an existing data directory: its owner, but in root's home nobody that others are too. */
export async function accountOf(dataDirectory: string, home: string): Promise<Account | undefined> {
  if (!isRoot) return undefined;
  const [{ uid, gid }, owner] = await Promise.all([stat(dataDirectory), stat(home)]);
  const isShared = owner.uid === 0 && (await listedAccount(uid)) !== undefined;
  return uid === 0 || isShared ? accountForNewServer(home) : { uid, gid };
}

/**
 * The user that runs initdb for a server of `account`: initdb wants to know its own name, and a number of our own has none. Then it is a
 * user without any process, if there is one: none is there to look at the directory before it is given to `account`.
 */
export async function accountForInitdb(account: Account): Promise<Account> {
  const listed = await listAccounts();
  if (listed.some(({ uid }) => uid === account.uid)) return account;
  const running = await runningUids();
  const idle = listed.find(({ uid, name }) => !running.has(uid) && name !== 'nobody') ?? listed.at(-1);
  return idle ? { uid: idle.uid, gid: idle.gid } : account;
}

async function unusedAccount(): Promise<Account> {
  const running = await runningUids();
  const numbers = Array.from({ length: LAST_OWN - FIRST_OWN + 1 }, (_, n) => FIRST_OWN + n);
  // getent knows the users and groups of a directory service, too; where it is missing, the files have to do
  const [passwd, group] = await Promise.all(
    ['passwd', 'group'].map(async (base) => {
      const known = await run('getent', [base, ...numbers.map(String)]).catch((error) => error as { stdout?: string });
      return `${known.stdout ?? ''}\n${await readFile(`/etc/${base}`, 'utf8').catch(unless('ENOENT'))}`;
    }),
  );
  const taken = new Set(`${passwd}\n${group}`.split('\n').map((line) => Number(line.split(':')[2])));
  const free = numbers.find((number) => !taken.has(number) && !running.has(number)) ?? LAST_OWN;
  return { uid: free, gid: free };
}

/** The users of all processes that this process sees. */
async function runningUids(): Promise<Set<number>> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const owners = await Promise.all(pids.map((pid) => stat(`/proc/${pid}`).catch(() => undefined)));
  return new Set(owners.flatMap((owner) => owner?.uid ?? []));
}

async function listAccounts(): Promise<ReturnType<typeof parsePasswd>> {
  return parsePasswd((await readFile('/etc/passwd', 'utf8').catch(unless('ENOENT'))) ?? '');
}

async function listedAccount(uid: number): Promise<Account | undefined> {
  const found = (await listAccounts()).find((account) => account.uid === uid);
  return found && { uid, gid: found.gid };
}

/** The name that PostgreSQL will know a user by; undefined where it has none. */
export async function nameOf(uid: number): Promise<string | undefined> {
  const known = (await listAccounts()).find((account) => account.uid === uid);
  return known?.name;
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

/**
 * Gives a directory and all that is in it to another user, the directory itself last.
 * By the system's program: it goes by handles, so that no link that the old owner puts in its way leads it elsewhere.
 */
export async function give(directory: string, { uid, gid }: Account): Promise<void> {
  await run('chown', ['-hRP', `${uid}:${gid}`, directory], { cwd: '/' }).catch((error) => {
    throw mayNotChangeUser(directory, error);
  });
}

/** Makes a folder that only its owner may enter. As root it goes to the home folder's owner, who may run Goal Agent next. */
export async function makePrivate(directory: string, home: string): Promise<void> {
  makeFolders(directory);
  await giveToOwner(directory, home);
}

export async function giveToOwner(path: string, home: string): Promise<void> {
  if (!isRoot) return;
  const { uid, gid } = await stat(home);
  if (uid !== 0) await lchown(path, uid, gid).catch(unless('ENOENT'));
}
