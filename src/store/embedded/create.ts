import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { accountForInitdb, give, handDirectory, makePrivate } from './account.ts';
import { type Binaries, serverEnvironment } from './binaries.ts';
import { findPlace, logFile, majorDirectory, type Place, passwordFile } from './place.ts';
import { diskFull, startFailed, unless } from './trouble.ts';

const DRAFT = 'creating-';

/**
 * Creates the home folder's database: in a temporary directory, renamed when it is whole and on disk, so that a crash leaves either no
 * database or all of it. Only the holder of the start lock may call this.
 * @throws GoalAgentError `unavailable` when the disk is full or initdb fails
 */
export async function createDatabase(home: string, binaries: Binaries, say: (line: string) => void): Promise<Place> {
  const parent = majorDirectory(home, binaries.major);
  await makePrivate(join(home, 'postgres'), home);
  await makePrivate(parent, home);
  await removeDrafts(parent);
  const data = join(parent, 'data');
  say(`Creating the database in ${data} (once).`);
  const draft = join(parent, `${DRAFT}${randomUUID()}`);
  await mkdir(draft, { mode: 0o700 });
  const { account } = binaries;
  const maker = account && (await accountForInitdb(account));
  if (maker) await give(draft, maker);
  try {
    await runInitdb({ draft, home, binaries: { ...binaries, account: maker } });
    if (account && maker?.uid !== account.uid) await give(draft, account);
    await rename(draft, data);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
  await syncDirectory(parent);
  const place = await findPlace(home);
  if (!place) throw new Error(`${data} vanished while it was created`);
  return place;
}

/** What an initdb that was killed has left; never a database, which has another name from its first moment. */
async function removeDrafts(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    // its initdb may still run, as an orphan, and write while we delete: then the rest goes next time
    if (name.startsWith(DRAFT))
      await rm(join(parent, name), { recursive: true, force: true }).catch(unless('ENOTEMPTY'));
  }
}

interface Draft {
  readonly draft: string;
  readonly home: string;
  readonly binaries: Binaries;
}

async function runInitdb({ draft, home, binaries }: Draft): Promise<void> {
  const { bin, major, account, environment } = binaries;
  // code-point order and Unicode case from PostgreSQL itself: no index depends on the version of the system's C library
  const locale = major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : [];
  const handed = await handDirectory(draft, account);
  const child = spawn(
    join(bin, 'initdb'),
    [
      ...['-D', handed.name, '-U', 'postgres', '--encoding=UTF8', '--locale=C', ...locale],
      ...['--data-checksums', '--no-instructions', ...(await authentication(home, major))],
    ],
    {
      ...account,
      cwd: dirname(bin),
      env: serverEnvironment(environment),
      stdio: ['ignore', 'ignore', 'pipe', ...handed.handles],
      windowsHide: true,
    },
  );
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const status = await new Promise<number | null>((resolve) => {
    child.once('close', resolve).once('error', (error) => {
      said += error.message;
      resolve(null);
    });
  });
  await handed.close();
  if (status === 0) return;
  // initdb has no SQLSTATE to tell; this is strerror(ENOSPC), in English under LC_ALL=C
  if (said.includes('No space left on device')) throw diskFull(home, new Error(said));
  await writeFile(logFile(home), said, { flag: 'a', mode: 0o600 });
  throw startFailed({ what: 'create its database', directory: home, logFile: logFile(home), said });
}

/**
 * On Unix the server's rules are written at each start (authentication.ts).
 * Windows has TCP, which every user of the machine can reach: a password.
 */
async function authentication(home: string, major: number): Promise<string[]> {
  if (process.platform !== 'win32') return ['--auth-local=peer', '--auth-host=reject'];
  const file = passwordFile(home, major);
  const known = await readFile(file, 'utf8').catch(unless('ENOENT'));
  if (!known) await writeFile(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return ['--auth=scram-sha-256', `--pwfile=${file}`];
}

/** Makes the rename itself durable: it is an entry in this directory. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  await handle.sync().finally(() => handle.close());
}
