import { execFile } from 'node:child_process';
import { chownSync, lchownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterFile } from '../support/after-file.ts';

export const root = path.resolve(import.meta.dirname, '../..');
export const run = promisify(execFile);

/** `nobody`, where the tests run as root. */
export const ordinary = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** A folder until the end of the file. */
export function aFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-packaging-'));
  afterFile(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Gives a folder and all that is in it to the ordinary user. */
export function giveAway(folder: string): void {
  const { uid, gid } = ordinary;
  if (uid === undefined) return;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    lchownSync(path.join(folder, name), uid, gid);
  chownSync(folder, uid, gid);
}
