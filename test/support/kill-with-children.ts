import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * SIGKILL to a PostgreSQL server's postmaster and to every process of its own. When it returns none of them lives: as long
 * as one does, the memory that they share keeps the next server from starting.
 */
export async function killWithChildren(postmaster: number): Promise<void> {
  // stopped, it starts no process that would be left
  signalIfThere(postmaster, 'SIGSTOP');
  const children = (await processes()).filter(({ parent }) => parent === postmaster).map(({ pid }) => pid);
  const all = [...children, postmaster];
  for (const pid of all) signalIfThere(pid, 'SIGKILL');
  while ((await processes()).some(({ pid, state }) => all.includes(pid) && state !== 'Z')) await sleep(10);
}

async function processes(): Promise<{ pid: number; parent: number; state: string | undefined }[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,state=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, state]) => ({ pid: Number(pid), parent: Number(parent), state }));
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {} // it went before
}
