import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Relative paths start at the working directory; `~/` is the user's home, because no shell expands it in a client's
 * JSON.
 */
export function absolutePath(file: string, cwd: string): string {
  return /^~(?:[/\\]|$)/.test(file) ? path.join(homedir(), file.slice(1)) : path.resolve(cwd, file);
}

/**
 * The reason why a path cannot be meant as it stands: it has a part that a shell or a client should have replaced, or
 * the quotes of a shell. Undefined for a good path. Taken to the letter, `$HOME/goals` would make a new, empty store in
 * a folder named `$HOME`.
 */
export function unwritten(file: string): string | undefined {
  const left = /\$\{[^}]*\}?|\{\{[^}]*\}?\}?|\$\([^)]*\)?|\$[A-Za-z_]\w*|%[A-Za-z_]\w*%|`|<[^>]*>/.exec(file)?.[0];
  if (left !== undefined) return `nothing replaces ${left}`;
  const [first = '', ...rest] = file.split(/[/\\]/);
  if (/^~./.test(first)) return `nothing replaces ${first}`;
  if (rest.includes('~')) return 'nothing replaces ~ in the middle of a path';
  if (/"|^'|'$/.test(file)) return 'the quotes would be part of the name';
  if (/^(?:file:|[a-z][a-z0-9+.-]+:\/\/)/i.test(file)) return 'a URL is no path';
  return undefined;
}

/**
 * The folder in which programs keep their data on this platform: `XDG_DATA_HOME` or `~/.local/share` (the XDG base
 * directory specification), `~/Library/Application Support`, `%LOCALAPPDATA%`; always with `goal-agent` behind it.
 */
export function dataDirectory(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string {
  if (platform === 'win32') {
    return path.win32.join(env.LOCALAPPDATA || path.win32.join(homedir(), 'AppData', 'Local'), 'goal-agent');
  }
  const home = env.HOME || homedir();
  if (platform === 'darwin') return path.posix.join(home, 'Library', 'Application Support', 'goal-agent');
  // the specification: a relative path in this variable is ignored
  const xdg = env.XDG_DATA_HOME?.startsWith('/') ? env.XDG_DATA_HOME : path.posix.join(home, '.local', 'share');
  return path.posix.join(xdg, 'goal-agent');
}

/** The file whose text a caller on this machine shows to prove that it is this user. */
export function localTokenFile(home: string): string {
  return path.join(home, 'local-token');
}
