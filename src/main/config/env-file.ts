import { readFileSync, statSync } from 'node:fs';
import { devNull } from 'node:os';
import dotenv from 'dotenv';
import { type Values, withoutEmpty } from './place.ts';

/** A file of settings is a screenful; a larger file is something else. */
const mostBytes = 1024 * 1024;

/**
 * `names` are all variables of the file, even those without a value; `trouble` is the reason why nothing can be read.
 */
export type EnvFile = { values: Values; names: string[]; notices: string[] } | { trouble: string };

/** Reads a file of NAME=value lines; undefined where there is none. It never waits, as it would for a pipe. */
export function readEnvFile(file: string): EnvFile | undefined {
  if (file === devNull) return { values: {}, names: [], notices: [] };
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (stats.isDirectory()) return { trouble: 'is a directory' };
    if (!stats.isFile()) return { trouble: 'is no ordinary file' };
    if (stats.size > mostBytes) return { trouble: `is larger than ${mostBytes} bytes` };
    const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
    if (text.includes('\0')) return { trouble: 'is no text in UTF-8' };
    const all = dotenv.parse(text);
    const values = withoutEmpty(all);
    return { values, names: Object.keys(all), notices: openToOthers(file, stats.mode, values) };
  } catch (error) {
    return { trouble: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` };
  }
}

function openToOthers(file: string, mode: number, values: Values): string[] {
  if (process.platform === 'win32') return [];
  const notices: string[] = [];
  if ((mode & 0o044) !== 0 && holdsPassword(values)) {
    notices.push(`${file} holds a password, and other users of this machine may read it: chmod 600 ${file}`);
  }
  if ((mode & 0o002) !== 0) {
    notices.push(
      `${file} decides where goals are kept, and every user of this machine may change it: chmod 600 ${file}`,
    );
  }
  return notices;
}

function holdsPassword(values: Values): boolean {
  return Object.entries(values).some(
    ([name, value]) => name.endsWith('_PASSWORD') || /:\/\/[^/\s]*:[^/\s]+@|[?&]password=./.test(value),
  );
}
