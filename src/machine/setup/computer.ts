import { existsSync } from 'node:fs';
import path from 'node:path';

/** What is known of the machine that clients run on. */
export interface Computer {
  platform: NodeJS.Platform;
  /** The home directory of the user. */
  userHome: string;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
}

/** Where programs keep their configuration: `~/.config`, `~/Library/Application Support`, `%APPDATA%`. */
export function applicationFolder({ platform, userHome, env }: Computer): string {
  if (platform === 'win32') return env.APPDATA || path.join(userHome, 'AppData', 'Roaming');
  if (platform === 'darwin') return path.join(userHome, 'Library', 'Application Support');
  return env.XDG_CONFIG_HOME || path.join(userHome, '.config');
}

/** The folder of programs that use `~/.config` on macOS and Windows too. */
export function configFolder({ userHome, env }: Computer): string {
  return env.XDG_CONFIG_HOME || path.join(userHome, '.config');
}

/** Whether a program of this name is in the PATH. */
export function isInPath(name: string, { env, platform }: Computer): boolean {
  const files = platform === 'win32' ? [`${name}.cmd`, `${name}.exe`] : [name];
  const folders = (env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute);
  return folders.some((folder) => files.some((file) => existsSync(path.join(folder, file))));
}
