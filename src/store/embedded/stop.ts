import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { getBinaries } from './binaries.ts';
import { findPidFile } from './pid-file.ts';
import type { Place } from './place.ts';
import { serves } from './process.ts';
import { POLL_MS } from './start.ts';

const PATIENCE_MS = 30_000;

interface Stop {
  readonly home: string;
  readonly place: Place;
  readonly binDir?: string | undefined;
}

/**
 * Asks the place's server to shut down (sessions are ended, everything is written) and waits until it has.
 * The caller has a session with that server, so the number in `postmaster.pid` is its number and no other process's.
 */
export async function stopServer({ home, place, binDir }: Stop): Promise<void> {
  const pidFile = await findPidFile(place.dataDirectory);
  if (!pidFile) return;
  if (process.platform === 'win32') {
    const { bin } = await getBinaries({ home, account: undefined, binDir, place });
    await promisify(execFile)(join(bin, 'pg_ctl'), ['kill', 'INT', String(pidFile.pid)], { windowsHide: true });
  } else if (await serves(pidFile.pid, place.dataDirectory)) {
    // a killed server's sessions live on for some milliseconds, so the caller's may be one of a server that has gone
    process.kill(pidFile.pid, 'SIGINT');
  }
  // not until postmaster.pid is gone: the process lives on for some milliseconds, and ten clients leaving at once were seen to meet it
  const patience = Date.now() + PATIENCE_MS;
  while (Date.now() < patience && (await serves(pidFile.pid, place.dataDirectory))) await sleep(POLL_MS);
}
