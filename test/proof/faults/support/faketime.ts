import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Where libfaketime is, or undefined where this machine has none. */
export function findFaketime(): string | undefined {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib') : [];
  const files = folders.map((folder) => path.join('/usr/lib', folder, 'faketime', 'libfaketime.so.1'));
  return files.find((file) => existsSync(file));
}

/** A wall clock that jumps, for the programs that are started with its variables. What measures spans goes on as it is. */
export interface JumpingClock {
  env: Record<string, string>;
  /** The clock is so many seconds ahead of the machine's, or behind it, at the latest `noticedMs` from now. */
  jumpTo(seconds: number): void;
  remove(): void;
}

export const noticedMs = 1_200;

export function aJumpingClock(library: string): JumpingClock {
  const folder = mkdtempSync(path.join(tmpdir(), 'ga-clock-'));
  const file = path.join(folder, 'clock');
  const jumpTo = (seconds: number) => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  chmodSync(folder, 0o755); // PostgreSQL runs as another user
  jumpTo(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    jumpTo,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
