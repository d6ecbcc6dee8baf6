import { type ChildProcess, spawn } from 'node:child_process';
import { type FileHandle, open, readFile, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { giveToOwner, handDirectory } from './account.ts';
import { type Binaries, serverEnvironment } from './binaries.ts';
import { findPidFile } from './pid-file.ts';
import { logFile, makeSocketDirectory, type Place, UNIX_PORT } from './place.ts';
import { serves } from './process.ts';
import { settingArguments } from './settings.ts';
import { diskFull, notReady, startFailed, unless } from './trouble.ts';

/** How often files are looked at while something else is working; a warm start takes 20 ms. */
export const POLL_MS = 5;
/** A session of a killed server lives on until its statement ends: do not fill the log with attempts meanwhile. */
const RETRY_MS = 100;
const LOG_BYTES = 1_000_000;

interface Start {
  readonly home: string;
  readonly place: Place;
  readonly binaries: Binaries;
  readonly settings: Record<string, string>;
  /** When to stop waiting, in milliseconds since 1970. */
  readonly deadline: number;
}

/**
 * Starts a server on the place's data directory, detached from this process, and waits until it takes connections.
 * Only the holder of the start lock may call this.
 * @returns false when it is worth another try: another server still has the directory (one being killed takes a moment to go), or this one was killed
 * @throws GoalAgentError `unavailable` when the disk is full, the server dies, or it is not ready at the deadline
 */
export async function startServer(start: Start): Promise<boolean> {
  await makeSocketDirectory(start.place, start.binaries.account);
  const file = logFile(start.home);
  const log = await openLog(start.home);
  const { size } = await log.stat();
  const launched = process.platform === 'win32' ? await launchOnWindows(start) : await launch(start, log.fd);
  await log.close();
  const end = await waitUntilReady(launched, start);
  if (end === undefined) return true;
  const said = (await readFile(file)).subarray(size).toString();
  // told to stop, or killed: no fault of its own. F0001 is lock_file_exists, 53100 disk_full: the third field of a log line (settings.ts)
  if (/^exit (0|SIG(KILL|TERM|INT|QUIT))$/.test(end) || said.includes('|F0001|FATAL')) {
    await sleep(RETRY_MS);
    return false;
  }
  if (said.includes('|53100|')) throw diskFull(start.home, new Error(said));
  throw startFailed({ what: 'start', directory: start.place.dataDirectory, logFile: file, said: `${end}\n${said}` });
}

/** The process that was started, and how it ended, if it has. */
interface Launched {
  readonly pid: number | undefined;
  readonly end: () => string | undefined;
}

async function launch({ place, binaries, settings }: Start, log: number): Promise<Launched> {
  const { account, bin, major, environment } = binaries;
  // relative where it can be: PostgreSQL reads this as a list with commas and quotes, and may not see the whole path (handDirectory)
  const sockets = place.socketDirectory === place.dataDirectory ? '.' : place.socketDirectory;
  const more = {
    listen_addresses: '',
    port: String(UNIX_PORT),
    unix_socket_directories: sockets,
    unix_socket_permissions: '0700',
    ...settings,
  };
  const handed = await handDirectory(place.dataDirectory, account);
  const child = spawn(join(bin, 'postgres'), ['-D', handed.name, ...settingArguments(major, more)], {
    ...account,
    cwd: dirname(bin),
    env: serverEnvironment(environment),
    detached: true,
    stdio: ['ignore', log, log, ...handed.handles],
  });
  const launched = watch(child);
  await handed.close();
  return launched;
}

/** PostgreSQL refuses an administrator's token; pg_ctl gives it a lesser one. pg_ctl ends at once, with 0 when it could start the server. */
async function launchOnWindows({ home, place, binaries, settings }: Start): Promise<Launched> {
  const more = {
    listen_addresses: '127.0.0.1',
    port: String(await freePort()),
    unix_socket_directories: '',
    ...settings,
  };
  const options = settingArguments(binaries.major, more).join(' ');
  const args = ['start', '-W', '-D', place.dataDirectory, '-l', logFile(home), '-o', options];
  const child = spawn(join(binaries.bin, 'pg_ctl'), args, {
    env: serverEnvironment(binaries.environment),
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  const { end } = watch(child);
  return { pid: undefined, end: () => (end() === 'exit 0' ? undefined : end()) };
}

function watch(child: ChildProcess): Launched {
  let end: string | undefined;
  child.once('error', (error) => {
    end = error.message;
  });
  child.once('exit', (status, signal) => {
    end = `exit ${status ?? signal}`;
  });
  child.unref();
  return { pid: child.pid, end: () => end };
}

/** Undefined once the launched server is ready, else how it ended. */
async function waitUntilReady(launched: Launched, { home, place, deadline }: Start): Promise<string | undefined> {
  while (Date.now() < deadline) {
    const pidFile = await findPidFile(place.dataDirectory);
    const isOurs = launched.pid
      ? pidFile?.pid === launched.pid
      : pidFile && (await serves(pidFile.pid, place.dataDirectory));
    if (pidFile?.isReady && isOurs) return undefined;
    const end = launched.end();
    if (end !== undefined) return end;
    await sleep(POLL_MS);
  }
  throw notReady('The private PostgreSQL is still starting: after a crash it reads its log first.', logFile(home));
}

/** The server's log, kept to about two files of LOG_BYTES: it only grows by starts, stops and failures of the server. */
async function openLog(home: string): Promise<FileHandle> {
  const file = logFile(home);
  const size = (await stat(file).catch(unless('ENOENT')))?.size ?? 0;
  if (size > LOG_BYTES) await rename(file, `${file}.1`);
  const handle = await open(file, 'a', 0o600);
  await giveToOwner(file, home);
  return handle;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
