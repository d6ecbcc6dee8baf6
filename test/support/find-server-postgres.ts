import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

export interface ServerPostgresInstallation {
  binDir: string;
  major: number;
}

/** The newest PostgreSQL, 15 or later, among Debian's places and PATH; undefined when there is none. */
export function findServerPostgres(): ServerPostgresInstallation | undefined {
  const root = '/usr/lib/postgresql';
  const debian = existsSync(root) ? readdirSync(root).map((version) => path.join(root, version, 'bin')) : [];
  const inPath = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  const found = [...debian, ...inPath].flatMap((binDir) => {
    const major = majorIn(binDir);
    return major !== undefined && major >= 15 ? [{ binDir, major }] : [];
  });
  return found.sort((a, b) => b.major - a.major)[0];
}

/** As root: whom to run the server as. `postgres` where the system has that user, else `nobody`. */
export function accountForServer(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: idOf('-u', name), gid: idOf('-g', name) };
    } catch {} // no such user
  }
  return { uid: 65534, gid: 65534 };
}

function idOf(which: '-u' | '-g', name: string): number {
  return Number(execFileSync('id', [which, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
}

function majorIn(binDir: string): number | undefined {
  const postgres = path.join(binDir, 'postgres');
  if (!existsSync(postgres) || !existsSync(path.join(binDir, 'initdb'))) return undefined;
  try {
    return Number(/\s(\d+)/.exec(execFileSync(postgres, ['--version'], { encoding: 'utf8' }))?.[1]);
  } catch {
    return undefined; // a wrapper that does not run here
  }
}
