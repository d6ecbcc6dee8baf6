import { execFile, type SpawnOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { accountForServer, findServerPostgres } from './find-server-postgres.ts';
import { killWithChildren } from './kill-with-children.ts';

export { findServerPostgres, type ServerPostgresInstallation } from './find-server-postgres.ts';

const run = promisify(execFile);

export interface ServerPostgresOptions {
  /** Lines for postgresql.conf, by name. */
  settings?: Record<string, string | number | boolean>;
  /** Lines of pg_hba.conf, in place of: local trust, 127.0.0.1 and ::1 scram-sha-256. */
  hba?: string[];
  /** Makes it a standby that follows this one. */
  standbyOf?: ServerPostgres;
  /** PEM texts; turns ssl on. */
  tls?: { cert: string; key: string; ca?: string };
  /** Of the superuser `postgres`; a random one when left out. */
  password?: string;
  /** A free one when left out. */
  port?: number;
  /** Where its directory is made; among the temporary ones when left out. */
  parent?: string;
  /** On top of this process's own variables. */
  env?: Record<string, string>;
}

export interface ServerPostgres {
  host: '127.0.0.1';
  port: number;
  socketDirectory: string;
  dataDirectory: string;
  user: string;
  password: string;
  /** Fast shutdown; the directory goes too. */
  stop(): Promise<void>;
  /** SIGKILL to the postmaster and every process of its own; `restart` then recovers. */
  kill9(): Promise<void>;
  /** Stops if it runs, and starts on the same port. */
  restart(): Promise<void>;
}

/**
 * Starts a throw-away server of the machine's PostgreSQL, without flushes to disk: for tests only.
 * As root it runs as an unprivileged user, since PostgreSQL refuses root.
 */
export async function startServerPostgres(options: ServerPostgresOptions = {}): Promise<ServerPostgres> {
  const installation = findServerPostgres();
  if (!installation) throw new Error('No PostgreSQL 15 or later on this machine (findServerPostgres says so)');
  const server = await Server.create(installation.binDir, options);
  try {
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

class Server implements ServerPostgres {
  readonly host = '127.0.0.1';
  readonly user = 'postgres';
  readonly dataDirectory: string;
  readonly #account = accountForServer();
  readonly #killWithUs = () => this.#process?.kill('SIGQUIT');
  #process: ReturnType<typeof spawn> | undefined;
  #log = '';

  private constructor(
    readonly binDir: string,
    readonly socketDirectory: string,
    readonly port: number,
    readonly password: string,
    readonly env: Record<string, string> = {},
  ) {
    this.dataDirectory = path.join(socketDirectory, 'data');
  }

  static async create(binDir: string, options: ServerPostgresOptions): Promise<Server> {
    const directory = await mkdtemp(path.join(options.parent ?? tmpdir(), 'goal-agent-pg-'));
    const password = options.standbyOf?.password ?? options.password ?? randomBytes(12).toString('hex');
    const server = new Server(binDir, directory, options.port ?? (await freePort()), password, options.env);
    await server.#own(directory);
    await server.#initialize(options);
    return server;
  }

  async start(): Promise<void> {
    const child = spawn(path.join(this.binDir, 'postgres'), ['-D', this.dataDirectory], this.#spawnOptions('pipe'));
    this.#process = child;
    this.#log = '';
    child.stderr?.on('data', (bytes: Buffer) => {
      this.#log = (this.#log + bytes).slice(-10_000);
    });
    process.once('exit', this.#killWithUs);
    child.once('exit', () => process.off('exit', this.#killWithUs));
    await this.#untilReady();
  }

  async stop(): Promise<void> {
    await this.#end('SIGINT');
    await rm(this.socketDirectory, { recursive: true, force: true });
  }

  async kill9(): Promise<void> {
    const postmaster = this.#process?.pid;
    if (postmaster) await killWithChildren(postmaster);
    await this.#end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.#end('SIGINT');
    await this.start();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exited;
  }

  async #initialize(options: ServerPostgresOptions): Promise<void> {
    if (options.standbyOf) return this.#copy(options.standbyOf, options);
    const passwordFile = await this.#write('password', this.password);
    const how = ['-D', this.dataDirectory, '-U', this.user, '-E', 'UTF8', '--locale=C', '--no-sync', '--auth=trust'];
    await run(path.join(this.binDir, 'initdb'), [...how, `--pwfile=${passwordFile}`], this.#spawnOptions());
    const hba = options.hba ?? [
      'local all all trust',
      'local replication all trust',
      'host all all 127.0.0.1/32 scram-sha-256',
      'host all all ::1/128 scram-sha-256',
    ];
    await this.#write('data/pg_hba.conf', `${hba.join('\n')}\n`);
    await this.#write('data/postgresql.auto.conf', await this.#settings(options));
  }

  async #copy({ socketDirectory, port, user }: ServerPostgres, options: ServerPostgresOptions): Promise<void> {
    const primary = ['-h', socketDirectory, '-p', String(port), '-U', user];
    const how = ['-D', this.dataDirectory, '-X', 'stream', '-c', 'fast', '--no-sync'];
    await run(path.join(this.binDir, 'pg_basebackup'), [...primary, ...how], this.#spawnOptions());
    const settings = { primary_conninfo: `host=${socketDirectory} port=${port} user=${user}`, ...options.settings };
    await this.#write('data/postgresql.auto.conf', await this.#settings({ ...options, settings }));
    await this.#write('data/standby.signal', '');
  }

  async #settings({ settings = {}, tls }: ServerPostgresOptions): Promise<string> {
    const files = tls && {
      ssl: true,
      ssl_cert_file: await this.#write('server.crt', tls.cert),
      ssl_key_file: await this.#write('server.key', tls.key),
      ...(tls.ca !== undefined && { ssl_ca_file: await this.#write('ca.crt', tls.ca) }),
    };
    const all = {
      listen_addresses: this.host,
      port: this.port,
      unix_socket_directories: this.socketDirectory,
      fsync: false,
      full_page_writes: false,
      shared_buffers: '16MB',
      ...files,
      ...settings,
    };
    return Object.entries(all)
      .map(([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'\n`)
      .join('');
  }

  /** The last line of postmaster.pid tells, without a login (src/include/utils/pidfile.h). */
  async #untilReady(): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (Date.now() < deadline) {
      if (this.#process?.exitCode !== null || this.#process.signalCode !== null) break;
      const lines = (await readFile(path.join(this.dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '')).split(
        '\n',
      );
      if (Number(lines[0]) === this.#process.pid && lines[7]?.trim() === 'ready') return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`PostgreSQL did not start:\n${this.#log}`);
  }

  #spawnOptions(stderr: 'pipe' | 'ignore' = 'ignore'): SpawnOptions {
    const env = { ...process.env, ...this.env };
    return { cwd: this.socketDirectory, env, stdio: ['ignore', 'ignore', stderr], ...this.#account };
  }

  async #write(name: string, text: string): Promise<string> {
    const file = path.join(this.socketDirectory, name);
    await writeFile(file, text, { mode: 0o600 });
    await this.#own(file);
    return file;
  }

  async #own(file: string): Promise<void> {
    if (this.#account) await chown(file, this.#account.uid, this.#account.gid);
  }
}

export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
