import { readFile, rename } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from './place.ts';
import { isRunning, serves } from './process.ts';
import { unless } from './trouble.ts';

/** What a running server says about itself in `postmaster.pid` (its lines: src/include/utils/pidfile.h of PostgreSQL). */
export interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

/** The data directory's `postmaster.pid`; undefined when there is none, or when it is still being written. */
export async function findPidFile(dataDirectory: string): Promise<PidFile | undefined> {
  const text = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(unless('ENOENT'));
  const lines = text?.split('\n') ?? [];
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 ? { pid, port, isReady: lines[7]?.trim() === 'ready' } : undefined;
}

/**
 * Whether a server has this directory now, be it starting, ready or stopping.
 * A file left by a crash whose process number now belongs to another program is moved out of the way, since PostgreSQL would take that
 * program for a server and refuse to start. Only the holder of the start lock may call this. PostgreSQL's second guard, the
 * shared memory segment keyed by the directory, stays: while a process of the old server lives, a new one will not start.
 */
export async function isServed(place: Place, say: (line: string) => void): Promise<boolean> {
  const { dataDirectory, socketDirectory } = place;
  const pidFile = await findPidFile(dataDirectory);
  if (!pidFile) return false;
  if (await serves(pidFile.pid, dataDirectory)) return true;
  // a server in another container with the same volume: its number means nothing here, and PostgreSQL's own guards do not see it either
  if (await listens(join(socketDirectory, `.s.PGSQL.${pidFile.port}`))) return true;
  // a killed server can be seen for a moment after it stopped being one
  for (let looks = 0; looks < 10 && isRunning(pidFile.pid); looks++) await sleep(50);
  if (isRunning(pidFile.pid)) await setAside(place, pidFile, say);
  return false;
}

async function setAside(
  { dataDirectory, socketDirectory }: Place,
  { pid, port }: PidFile,
  say: (line: string) => void,
): Promise<void> {
  say(
    `postmaster.pid in ${dataDirectory} names process ${pid}, which is no server of this database: setting it aside.`,
  );
  for (const file of [join(dataDirectory, 'postmaster.pid'), join(socketDirectory, `.s.PGSQL.${port}.lock`)]) {
    await rename(file, `${file}.stale`).catch(unless('ENOENT'));
  }
}

function listens(socket: string): Promise<boolean> {
  if (process.platform === 'win32') return Promise.resolve(false);
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once('connect', () => resolve(true)).once('error', () => resolve(false));
    connection.once('connect', () => connection.destroy());
  });
}
