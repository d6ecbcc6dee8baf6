import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmod, chown, copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterEach, beforeAll } from 'vitest';
import { type Account, isRoot } from '../../../../src/store/embedded/account.ts';
import type { EmbeddedServer } from '../../../../src/store/embedded/embedded.ts';
import { findPidFile } from '../../../../src/store/embedded/pid-file.ts';
import { findPlace } from '../../../../src/store/embedded/place.ts';
import { serves } from '../../../../src/store/embedded/process.ts';
import { afterFile } from '../../../support/after-file.ts';
import type { Command } from './client.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../../..');
/** Where root runs the tests, somebody who is not root. */
export const ORDINARY: Account | undefined = isRoot ? { uid: 65534, gid: 65534 } : undefined;

/** What makes a program the first process of a process namespace, as a container does. */
export const CONTAINER = ['unshare', '--pid', '--ipc', '--fork', '--mount-proc', '--kill-child'];

export type Joined = Omit<EmbeddedServer, 'leave'> & { ms: number; said: string[] };
export type Failure = { name: string; code: string; message: string; cause: string };

export interface Client {
  readonly process: ChildProcess;
  join(options: { home: string; binDir?: string; settings?: Record<string, string> }): Promise<Joined>;
  /** What a join that must fail says. */
  failToJoin(options: { home: string; binDir?: string; settings?: Record<string, string> }): Promise<Failure>;
  query(sql: string): Promise<Record<string, unknown>[]>;
  leave(): Promise<unknown>;
  lock(directory: string): Promise<boolean>;
  unlock(): Promise<unknown>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

interface ClientKind {
  readonly account?: Account | undefined;
  readonly env?: Record<string, string>;
  readonly packages?: boolean;
  readonly contained?: boolean;
}

export interface Machine {
  /** A fresh, empty home folder. */
  home(how?: { name?: string; owner?: Account | undefined }): Promise<string>;
  /** A home folder that has its database already: a copy, in a fifth of the time of creating it. */
  homeWithDatabase(): Promise<string>;
  /** A client; `packages: false` is one whose installation has no PostgreSQL package, `contained: true` one with process numbers of its own. */
  client(how?: ClientKind): Client;
  /** A folder that is removed at the end, and that every user may enter. */
  folder(): Promise<string>;
}

/** Homes and clients for the tests of one file. After each test its clients are killed, its servers stopped and its folders removed. */
export function aMachine(): Machine {
  let base = '';
  let program = '';
  let bare = '';
  let template: Promise<string> | undefined;
  const homes: string[] = [];
  const clients: Client[] = [];
  const folder = async () => {
    const made = await mkdtemp(join(base, 'f-'));
    await chmod(made, 0o755);
    return made;
  };
  beforeAll(async () => {
    // short, since a socket's path has to fit; open, since some clients run as another user
    base = await mkdtemp(join(tmpdir(), 'ga-'));
    await chmod(base, 0o755);
    program = await bundleClient(base);
    bare = join(await folder(), 'client.mjs');
    await copyFile(program, bare);
    // the PostgreSQL package is looked up from the bundle, as in dist/
    await symlink(join(REPOSITORY, 'node_modules'), join(base, 'installed', 'node_modules'));
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.kill('SIGKILL')));
    await Promise.all(homes.splice(0).map(stopAnyServer));
  });
  afterFile(() => rm(base, { recursive: true, force: true }));
  const home: Machine['home'] = async ({ name = 'home', owner } = {}) => {
    const made = join(await folder(), name);
    homes.push(made);
    await mkdir(made, { recursive: true, mode: 0o700 });
    if (owner) await chown(made, owner.uid, owner.gid);
    return made;
  };
  const client: Machine['client'] = ({ account, env = {}, packages = true, contained = false } = {}) => {
    const command = [...(contained ? CONTAINER : []), process.execPath, packages ? program : bare];
    const child = spawn(String(command[0]), command.slice(1), {
      ...account,
      cwd: '/',
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const started = startClient(child);
    clients.push(started);
    return started;
  };
  const makeTemplate = async (): Promise<string> => {
    const made = await home();
    const first = client();
    await first.join({ home: made });
    await first.leave();
    return made;
  };
  return {
    folder,
    home,
    async homeWithDatabase() {
      template ??= makeTemplate();
      const copy = await home();
      // by cp, which keeps the owners
      execFileSync('cp', ['-pR', join(await template, 'postgres'), copy]);
      return copy;
    },
    client,
  };
}

async function bundleClient(directory: string): Promise<string> {
  const outfile = join(directory, 'installed', 'client.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'client.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    external: ['pg-native'],
    banner: { js: "import { createRequire as c } from 'node:module'; const require = c(import.meta.url);" },
    logLevel: 'error',
  });
  return outfile;
}

function startClient(child: ChildProcess): Client {
  const waiting: ((line: string) => void)[] = [];
  const { stdout, stdin } = child;
  if (!stdout || !stdin) throw new Error('the client has no pipes');
  createInterface({ input: stdout }).on('line', (line) => waiting.shift()?.(line));
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  stdin.on('error', () => {});
  const send = async (command: Command): Promise<{ value?: unknown; error?: Failure }> => {
    const answer = new Promise<string>((done) => waiting.push(done));
    stdin.write(`${JSON.stringify(command)}\n`);
    return JSON.parse(await answer);
  };
  const ask = async <T>(command: Command): Promise<T> => {
    const { value, error } = await send(command);
    if (error) throw Object.assign(new Error(`${error.code}: ${error.message} (${error.cause})`), { code: error.code });
    return value as T;
  };
  return {
    process: child,
    join: (options) => ask({ do: 'join', options }),
    async failToJoin(options) {
      const { error } = await send({ do: 'join', options });
      if (!error) throw new Error('the join went well');
      return error;
    },
    query: (sql) => ask({ do: 'query', sql }),
    leave: () => ask({ do: 'leave' }),
    lock: (directory) => ask({ do: 'lock', directory }),
    unlock: () => ask({ do: 'unlock' }),
    async kill(signal = 'SIGKILL') {
      child.kill(signal);
      await ended;
    },
  };
}

async function stopAnyServer(home: string): Promise<void> {
  const place = await findPlace(home).catch(() => undefined);
  const pid = place && (await findPidFile(place.dataDirectory))?.pid;
  if (place && pid && (await serves(pid, place.dataDirectory))) {
    process.kill(pid, 'SIGQUIT');
    await until(async () => !(await serves(pid, place.dataDirectory)));
  }
  if (place && place.socketDirectory !== place.dataDirectory)
    await rm(place.socketDirectory, { recursive: true, force: true });
}

/** Waits until the condition holds; fails after five seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 5_000; Date.now() < end; await sleep(5)) if (await condition()) return;
  throw new Error(`still not so after 5 s: ${condition}`);
}
