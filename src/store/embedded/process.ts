import { execFile } from 'node:child_process';
import { readFile, readlink, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { codeOf } from './trouble.ts';

const run = promisify(execFile);

/** Whether a process has this number; the process may be another user's. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * When a process began, as text that only that process has on this machine; undefined when there is none, `?` where it cannot be known.
 * A process number alone does not name a process: containers hand out the same few at every start.
 */
export async function birthOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    // the name in parentheses may hold spaces: count the fields after it (proc(5): 3 is the state, 22 the start in ticks)
    const fields = line?.slice(line.lastIndexOf(')') + 2).split(' ');
    return fields?.[0] === 'Z' ? undefined : fields?.[19];
  }
  if (!isRunning(pid)) return undefined;
  return process.platform === 'win32' ? '?' : ps('lstart', pid);
}

/** What process numbers are relative to: the boot and the process namespace (a container has its own), or the host's name. */
export async function processSpace(): Promise<string> {
  if (process.platform !== 'linux') return hostname();
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${boot.trim()} ${await readlink('/proc/self/ns/pid').catch(() => '')}`;
}

/** Whether the process is a PostgreSQL server on this data directory, as far as this platform can tell. */
export async function serves(pid: number, dataDirectory: string): Promise<boolean> {
  if (!isRunning(pid)) return false;
  if (process.platform === 'linux') {
    // every server process works in its data directory; another user's process cannot be looked at, and is none we could use
    const [cwd, data] = await Promise.all(
      [`/proc/${pid}/cwd`, dataDirectory].map((path) => stat(path).catch(() => undefined)),
    );
    return cwd !== undefined && cwd.ino === data?.ino && cwd.dev === data.dev;
  }
  const name =
    process.platform === 'win32'
      ? (await run('tasklist', ['/fi', `PID eq ${pid}`, '/fo', 'csv', '/nh'])).stdout
      : await ps('comm', pid);
  return name?.includes('postgres') ?? false;
}

async function ps(field: string, pid: number): Promise<string | undefined> {
  const answer = await run('ps', ['-o', `${field}=`, '-p', String(pid)]).catch(() => undefined);
  return answer?.stdout.trim() || undefined;
}
