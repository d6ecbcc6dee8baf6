import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import type { RedisAddress } from '../../../src/cache/client.ts';
import { endWithTheRun, findRedis } from '../../support/redis.ts';

/** A Redis that goes through what servers go through, on one port and one directory. */
export interface RedisMachine {
  address: RedisAddress;
  start(settings?: Record<string, string>): Promise<void>;
  /** As a power cut does. */
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** A look from outside. */
  command(...words: string[]): Promise<unknown>;
}

/** Not started yet; gone after the file. */
export async function aRedisMachine(): Promise<RedisMachine> {
  const directory = await mkdtemp(path.join(tmpdir(), 'goal-agent-cache-'));
  const port = await aFreePort();
  let child: ChildProcess | undefined;
  const kill = async () => {
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    child = undefined;
  };
  return {
    address: { host: '127.0.0.1', port, database: 0, tls: false },
    async start(settings = {}) {
      const all = { port: String(port), bind: '127.0.0.1', save: '', dir: directory, ...settings };
      const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
      child = spawn(findRedis() ?? 'redis-server', args, { stdio: 'ignore' });
      endWithTheRun(child, directory);
      await untilItListens(port);
    },
    kill,
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
    async command(...words) {
      const client = createClient({ socket: { host: '127.0.0.1', port } });
      client.on('error', () => {});
      await client.connect();
      try {
        return await client.sendCommand(words);
      } finally {
        client.destroy();
      }
    },
  };
}

async function aFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function untilItListens(port: number): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await sleep(10);
  }
  throw new Error('redis-server does not listen');
}
