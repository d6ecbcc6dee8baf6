import { createHash } from 'node:crypto';
import { chown, lstat, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GoalAgentError } from '../../domain/errors.ts';
import { type Account, isRoot } from './account.ts';
import { notADatabase, OWN_SERVER, otherMajor, ownedByAnother, unless } from './trouble.ts';

/*
 * <home>/postgres/18/data       the database, private to a major version; its Unix socket is in it too
 * <home>/postgres/18/password   Windows only
 * <home>/run                    start locks
 * <home>/logs/postgres.log      what the server says
 */
export const runDirectory = (home: string): string => join(home, 'run');
export const logDirectory = (home: string): string => join(home, 'logs');
export const logFile = (home: string): string => join(logDirectory(home), 'postgres.log');
export const majorDirectory = (home: string, major: number): string => join(home, 'postgres', String(major));
export const passwordFile = (home: string, major: number): string => join(majorDirectory(home, major), 'password');

/** Where a database is and how to reach its server. */
export interface Place {
  readonly major: number;
  readonly dataDirectory: string;
  readonly socketDirectory: string;
}

/** The number in the socket's name; on Windows any free port is used. */
export const UNIX_PORT = 5432;
/** sockaddr_un holds 104 bytes on macOS and the BSDs and 108 on Linux, a final NUL included; one limit serves all. */
const SOCKET_PATH_BYTES = 103;

/**
 * The place of the home folder's database; undefined when it has none yet. Of several major versions the highest counts: a move
 * goes upward, and the directory left behind is older.
 * @throws GoalAgentError `configuration` when it belongs to another user, or is not of the version its folder says.
 */
export async function findPlace(home: string): Promise<Place | undefined> {
  const names = await readdir(join(home, 'postgres')).catch(unless('ENOENT'));
  const majors = (names ?? []).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const major of majors.sort((a, b) => b - a)) {
    const dataDirectory = join(majorDirectory(home, major), 'data');
    const owner = await stat(dataDirectory).catch(unless('ENOENT'));
    if (!owner) continue;
    if (!isRoot && process.getuid && owner.uid !== process.getuid()) throw ownedByAnother(dataDirectory);
    const written = await findVersion(dataDirectory);
    if (written === undefined) throw notADatabase(dataDirectory);
    if (written !== String(major)) throw otherMajor({ directory: dataDirectory, major: written, runs: String(major) });
    return { major, dataDirectory, socketDirectory: await socketDirectoryOf(dataDirectory) };
  }
  return undefined;
}

/** The major version that wrote it, by the file that says so or, where a power loss has emptied that, by the one of a database in it. */
async function findVersion(dataDirectory: string): Promise<string | undefined> {
  for (const directory of [dataDirectory, join(dataDirectory, 'base', '1')]) {
    const text = await readFile(join(directory, 'PG_VERSION'), 'utf8').catch(unless('ENOENT'));
    if (text?.trim()) return text.trim();
  }
  return undefined;
}

/**
 * The data directory itself, which is 0700 already and which every client finds without being told. Where its path is too long for
 * a socket, a folder in /tmp named after it: not in XDG_RUNTIME_DIR, which some clients of one user have and others lack.
 */
async function socketDirectoryOf(dataDirectory: string): Promise<string> {
  if (Buffer.byteLength(join(dataDirectory, `.s.PGSQL.${UNIX_PORT}`)) <= SOCKET_PATH_BYTES) return dataDirectory;
  const name = createHash('sha256')
    .update(await realpath(dataDirectory))
    .digest('hex')
    .slice(0, 16);
  return `/tmp/goal-agent-${name}`;
}

/** Makes the short socket folder for a server that runs as `account` (undefined: as this process), if there is to be one. */
export async function makeSocketDirectory(place: Place, account: Account | undefined): Promise<void> {
  if (place.socketDirectory === place.dataDirectory) return;
  const made = await mkdir(place.socketDirectory, { mode: 0o700 }).then(() => true, unless('EEXIST'));
  if (made && account) await chown(place.socketDirectory, account.uid, account.gid);
  await checkSocketDirectory(place);
}

/**
 * Refuses a short socket folder that is not ours alone: anybody can make one in /tmp, and would get to see every query.
 * @throws GoalAgentError `configuration`
 */
export async function checkSocketDirectory({ socketDirectory, dataDirectory }: Place): Promise<void> {
  if (socketDirectory === dataDirectory) return;
  const [found, data] = await Promise.all([lstat(socketDirectory).catch(unless('ENOENT')), stat(dataDirectory)]);
  if (!found || (found.isDirectory() && found.uid === data.uid && (found.mode & 0o077) === 0)) return;
  throw new GoalAgentError(
    'configuration',
    `${socketDirectory} is needed for the database's socket and belongs to somebody else. Set GOAL_AGENT_HOME to a shorter path, where the socket can be next to the data, or ${OWN_SERVER}.`,
  );
}
