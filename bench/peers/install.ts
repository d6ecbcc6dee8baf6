import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../bench/peers/packages/', import.meta.url));

/** Where the peers' packages are. */
export interface Install {
  versionOf(packageName: string): string;
  path(...parts: string[]): string;
}

/** The peers that are installed here, or undefined. */
export function findInstall(): Install | undefined {
  const path = (...parts: string[]) => join(folder, 'node_modules', ...parts);
  if (!existsSync(path('.package-lock.json'))) return undefined;
  return {
    path,
    versionOf: (packageName) => JSON.parse(readFileSync(path(packageName, 'package.json'), 'utf8')).version,
  };
}

/** Installs them: 860 packages, 1.5 GB. Their install scripts do not run. @throws Error where npm fails. */
export function installPeers(): void {
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error('npm could not install the peers');
}
