import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { accountForServer } from './find-server-postgres.ts';
import { endWithTheRun } from './redis.ts';
import { freePort, type ServerPostgres } from './server-postgres.ts';

/** Where pgbouncer is, or undefined when this machine has none. */
export function findPgBouncer(): string | undefined {
  // Debian has it in /usr/sbin, which an ordinary user's PATH lacks
  const folders = [...(process.env.PATH ?? '').split(path.delimiter).filter(Boolean), '/usr/sbin'];
  return folders.map((folder) => path.join(folder, 'pgbouncer')).find((file) => existsSync(file));
}

export interface PgBouncerOptions {
  mode: 'session' | 'transaction';
  /** Who may log in, besides `postgres`; nobody is asked for a password. */
  users?: string[];
  /** The lines of `[databases]`; any database of the server when left out. */
  databases?: string[];
  /** More lines of `[pgbouncer]`, by name. */
  settings?: Record<string, string | number>;
}

export interface PgBouncer {
  host: '127.0.0.1';
  port: number;
  /** From now on connections are passed on to this server; those that are there end. */
  pointTo(server: ServerPostgres): Promise<void>;
  stop(): Promise<void>;
}

/** A throw-away PgBouncer with Debian's defaults, before this server. */
export async function aPgBouncer(server: ServerPostgres, options: PgBouncerOptions): Promise<PgBouncer> {
  const program = findPgBouncer();
  if (program === undefined) throw new Error('No pgbouncer on this machine (findPgBouncer says so)');
  const account = accountForServer();
  const directory = await mkdtemp(path.join(tmpdir(), 'goal-agent-pgbouncer-'));
  const port = await freePort();
  const write = async (name: string, text: string) => {
    const file = path.join(directory, name);
    await writeFile(file, text);
    if (account) await chown(file, account.uid, account.gid);
    return file;
  };
  const users = await write(
    'users.txt',
    ['postgres', ...(options.users ?? [])].map((user) => `"${user}" ""\n`).join(''),
  );
  const writeIni = (target: ServerPostgres) => write('pgbouncer.ini', ini({ target, port, users, options }));
  const file = await writeIni(server);
  if (account) await chown(directory, account.uid, account.gid);
  const child = spawn(program, [file], { stdio: 'ignore', cwd: directory, ...account });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  endWithTheRun(child, directory);
  await untilItListens(port);
  return {
    host: '127.0.0.1',
    port,
    async pointTo(target) {
      await writeIni(target);
      child.kill('SIGHUP');
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function ini({
  target,
  port,
  users,
  options,
}: {
  target: ServerPostgres;
  port: number;
  users: string;
  options: PgBouncerOptions;
}) {
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: users,
    pool_mode: options.mode,
    ...options.settings,
  };
  const any = [`* = host=${target.socketDirectory} port=${target.port}`];
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  return ['[databases]', ...(options.databases ?? any), '[pgbouncer]', ...lines, ''].join('\n');
}

async function untilItListens(port: number): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const attempt = net.connect(port, '127.0.0.1', () => resolve(true));
      attempt.on('connect', () => attempt.destroy());
      attempt.on('error', () => resolve(false));
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('pgbouncer did not listen');
}
