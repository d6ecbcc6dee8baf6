import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountForNewServer, accountOf, makePrivate } from './account.ts';
import { getBinaries } from './binaries.ts';
import { createDatabase } from './create.ts';
import { watchForDamage } from './damage.ts';
import { type DataFolder, markDirectory } from './data-folder.ts';
import { makeFolders } from './make-folders.ts';
import { type Address, joinServer, type Membership } from './membership.ts';
import { mend } from './mend.ts';
import { findPidFile, isServed, type PidFile } from './pid-file.ts';
import {
  checkSocketDirectory,
  findPlace,
  logDirectory,
  logFile,
  type Place,
  passwordFile,
  runDirectory,
} from './place.ts';
import { startServer } from './start.ts';
import { tryStartLock } from './start-lock.ts';
import { stopServer } from './stop.ts';
import { explain, notLetIn, notReady } from './trouble.ts';

export interface EmbeddedOptions {
  /** GOAL_AGENT_HOME; made when it is missing. */
  readonly home: string;
  /** Gets lines meant for people, for stderr or the log. */
  readonly say: (line: string) => void;
  /** The directory of `initdb` and `postgres` to use, in place of the npm package's or the machine's own. */
  readonly binDir?: string;
  /** The data directory has to be this one: none is created. For a process that joins again. */
  readonly known?: DataFolder | undefined;
  /** More PostgreSQL settings, for a server that this call starts. */
  readonly settings?: Record<string, string>;
}

/** The private PostgreSQL, as this client has joined it. */
export interface EmbeddedServer {
  /** The directory of the Unix socket; 127.0.0.1 on Windows. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly dataDirectory: string;
  readonly socketDirectory: string;
  /** The server's process when this client joined. */
  readonly pid: number;
  /** Whether this call started it. */
  readonly started: boolean;
  /** To be called once this client's connections are closed; more calls do nothing. The machine's last client to leave stops the server. */
  leave(): Promise<void>;
}

/** Long enough for initdb on a slow disk. */
const PATIENCE_MS = 60_000;
/** How often those look who wait for another process's start. */
const WAIT_MS = 20;

/**
 * Joins the home folder's PostgreSQL, and creates and starts it first where need be. All clients with one home share one server.
 * A client stays joined while its process lives, and keeps no process alive. When the server was killed, call this again (and `leave` the old
 * one): it starts the server anew or joins the one another client has started. Each call is a client of its own.
 * @throws GoalAgentError `configuration` or `unavailable`, with the way out
 */
export async function joinEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const home = resolve(options.home);
  const deadline = Date.now() + PATIENCE_MS;
  try {
    options.known?.check();
    makeFolders(home);
    let started = false;
    const findDamage = await watchForDamage(logFile(home));
    while (Date.now() < deadline) {
      const joined = await tryJoin(home);
      if (joined) await options.known?.checkMark();
      if (joined) return serverOf(joined, { ...options, home, started });
      started = (await startAlone({ ...options, home, deadline })) || started;
      const damage = await findDamage();
      const place = damage && (await findPlace(home));
      if (damage && place) throw notLetIn(place.dataDirectory, damage);
    }
  } catch (error) {
    throw explain(error, home);
  }
  throw notReady('The private PostgreSQL takes no connections.', logFile(home));
}

interface Joined {
  readonly place: Place;
  readonly pidFile: PidFile;
  readonly address: Address;
  readonly membership: Membership;
}

async function tryJoin(home: string): Promise<Joined | undefined> {
  const place = await findPlace(home);
  if (!place) return undefined;
  const pidFile = await findPidFile(place.dataDirectory);
  if (!pidFile?.isReady) return undefined;
  await checkSocketDirectory(place);
  const address = await addressOf(home, place, pidFile);
  const membership = await joinServer(address).catch((error) => {
    throw notLetIn(place.dataDirectory, error);
  });
  return membership && { place, pidFile, address, membership };
}

async function addressOf(home: string, place: Place, { port }: PidFile): Promise<Address> {
  if (process.platform !== 'win32') return { host: place.socketDirectory, port, user: 'postgres' };
  const password = (await readFile(passwordFile(home, place.major), 'utf8')).trim();
  return { host: '127.0.0.1', port, user: 'postgres', password };
}

function serverOf(joined: Joined, options: EmbeddedOptions & { started: boolean }): EmbeddedServer {
  const { place, pidFile, address, membership } = joined;
  const { home, binDir, started } = options;
  let left: Promise<void> | undefined;
  return {
    ...address,
    dataDirectory: place.dataDirectory,
    socketDirectory: place.socketDirectory,
    pid: pidFile.pid,
    started,
    leave: () => {
      left ??= membership.leave(() => stopServer({ home, place, binDir }));
      return left;
    },
  };
}

/** Starts the server if this process gets the start lock and no other server has the directory; else waits for a moment. */
async function startAlone(options: EmbeddedOptions & { deadline: number }): Promise<boolean> {
  const { home, say, known } = options;
  known?.check();
  await makePrivate(runDirectory(home), home);
  await makePrivate(logDirectory(home), home);
  const lock = await tryStartLock(runDirectory(home));
  try {
    const place = await findPlace(home);
    if (lock && !(place && (await isServed(place, say))) && (await start(place, options))) return true;
  } finally {
    await lock?.release();
  }
  await sleep(WAIT_MS);
  return false;
}

async function start(existing: Place | undefined, options: EmbeddedOptions & { deadline: number }): Promise<boolean> {
  const { home, say, binDir, known, deadline } = options;
  known?.check();
  const account = await (existing ? accountOf(existing.dataDirectory, home) : accountForNewServer(home));
  const binaries = await getBinaries({ home, account, binDir, place: existing });
  const place = existing ?? (await createDatabase(home, binaries, say));
  await mend({ home, place, account, say });
  const settings = { 'goal_agent.identity': await markDirectory(place.dataDirectory), ...options.settings };
  return startServer({ home, place, binaries, settings, deadline });
}
