import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';

/** Where redis-server is, or undefined when this machine has none. */
export function findRedis(): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return folders.map((folder) => path.join(folder, 'redis-server')).find((file) => existsSync(file));
}

export interface RedisServer {
  /** A Unix socket, in a directory of its own. */
  socket: string;
  /** For clients that take an address: the same server. */
  url: string;
  process: ChildProcess;
  stop(): Promise<void>;
}

/**
 * A throw-away server that keeps nothing on disk; stopped after the file. `settings` are lines of redis.conf by name. One
 * that takes the place of another gets its directory.
 */
export async function aRedis(settings: Record<string, string> = {}, place?: string): Promise<RedisServer> {
  const program = findRedis();
  if (program === undefined) throw new Error('No redis-server on this machine (findRedis says so)');
  const directory = place ?? (await mkdtemp(path.join(tmpdir(), 'goal-agent-redis-')));
  const socket = path.join(directory, 'redis.sock');
  const all = { port: '0', unixsocket: socket, save: '', appendonly: 'no', dir: directory, ...settings };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(program, args, { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGKILL'); // also when it is stopped (SIGSTOP)
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  endWithTheRun(child, directory);
  await untilItListens(socket, child);
  return { socket, url: `unix://${socket}`, process: child, stop };
}

/**
 * Notes a server that must not outlive the run, for global-setup to end. Not `afterAll`, which is not heard when it is
 * called while a test runs, nor the end of this process, which the runner may kill.
 */
export function endWithTheRun(child: ChildProcess, directory: string): void {
  writeFileSync(path.join(inject('servers'), `${child.pid}`), directory);
}

async function untilItListens(socket: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (child.exitCode !== null) throw new Error('redis-server did not start');
    const isOpen = await new Promise<boolean>((resolve) => {
      const attempt = connect(socket, () => resolve(true));
      attempt.on('connect', () => attempt.destroy());
      attempt.on('error', () => resolve(false));
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('redis-server did not listen');
}
