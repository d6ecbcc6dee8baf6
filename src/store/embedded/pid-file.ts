import { readdir, readFile, rename } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Place, UNIX_PORT } from './place.ts';
import { isRunning, serves } from './process.ts';
import { unless } from './trouble.ts';

/** What a running server says about itself in `postmaster.pid` (its lines: src/include/utils/pidfile.h of PostgreSQL). */
export interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

const LARGEST_PID = 2 ** 31 - 1;
/** A killed server can be seen for a moment after it stopped being one, and a new one writes its file just after making it. */
const LOOKS = 10;
const LOOK_MS = 50;

/** The data directory's `postmaster.pid`; undefined when there is none, or when no process number can be read in it. */
export async function findPidFile(dataDirectory: string): Promise<PidFile | undefined> {
  const text = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(unless('ENOENT'));
  if (text === undefined) return undefined;
  const [pid, lines] = [pidIn(text), text.split('\n')];
  return pid === undefined ? undefined : { pid, port: portIn(lines[3]), isReady: lines[7]?.trim() === 'ready' };
}

/**
 * Whether a server has this directory now, be it starting, ready or stopping.
 * Lock files that a crash has left are moved out of the way where PostgreSQL would refuse to start for ever: those that hold no process
 * number, and those whose number now belongs to another program. Only the holder of the start lock may call this. PostgreSQL's second
 * guard, the shared memory segment keyed by the directory, stays: while a process of the old server lives, a new one will not start.
 */
export async function isServed(place: Place, say: (line: string) => void): Promise<boolean> {
  const { dataDirectory, socketDirectory } = place;
  const pidFile = await findPidFile(dataDirectory);
  if (pidFile && (await serves(pidFile.pid, dataDirectory))) return true;
  const socket = join(socketDirectory, `.s.PGSQL.${pidFile?.port ?? UNIX_PORT}`);
  // a server in another container with the same volume: its number means nothing here, and PostgreSQL's own guards do not see it either
  if (await listens(socket)) return true;
  for (const file of [join(dataDirectory, 'postmaster.pid'), `${socket}.lock`]) {
    const obstacle = await lastingObstacle(file);
    if (obstacle === undefined) continue;
    if (await hasServer(dataDirectory)) return true;
    say(`${file} ${obstacle}: setting it aside.`);
    await rename(file, `${file}.stale`).catch(unless('ENOENT'));
  }
  return false;
}

/** Why PostgreSQL would refuse to start at sight of this lock file, where that does not pass by itself. */
async function lastingObstacle(file: string): Promise<string | undefined> {
  for (let looks = 1; ; looks++) {
    const text = await readFile(file, 'utf8').catch(unless('ENOENT'));
    if (text === undefined) return undefined;
    const pid = pidIn(text);
    if (pid !== undefined && !isRunning(pid)) return undefined; // PostgreSQL takes over a dead process's file by itself
    if (looks < LOOKS) await sleep(LOOK_MS);
    else if (pid === undefined) return 'holds no process number, as after a power loss';
    else return `names process ${pid}, which is no server of this database`;
  }
}

/** Whether any process at all works in the directory, as every server process does; false where this platform cannot tell. */
async function hasServer(dataDirectory: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  for (const name of await readdir('/proc')) {
    if (/^\d+$/.test(name) && (await serves(Number(name), dataDirectory))) return true;
  }
  return false;
}

/** The number in the first line, which PostgreSQL makes negative for a server without clients. */
function pidIn(text: string): number | undefined {
  const pid = Math.abs(Number.parseInt(text, 10));
  return pid > 0 && pid <= LARGEST_PID ? pid : undefined;
}

function portIn(line = ''): number {
  const port = Number.parseInt(line, 10);
  return port > 0 ? port : UNIX_PORT;
}

function listens(socket: string): Promise<boolean> {
  if (process.platform === 'win32') return Promise.resolve(false);
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once('connect', () => resolve(true)).once('error', () => resolve(false));
    connection.once('connect', () => connection.destroy());
  });
}
