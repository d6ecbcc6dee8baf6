import { readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { verifyBackup } from './read-backup.ts';
import { writeBackup } from './write-backup.ts';

export interface Schedule {
  directory: string;
  everyMs: number;
  /** The number of backups that stay; older ones are removed. */
  keep: number;
}

export interface KeepOptions {
  schedule: Schedule;
  program: string;
  connect: () => Promise<pg.ClientConfig>;
  signal: AbortSignal;
  made(file: string, removed: string[]): void;
  failed(error: unknown): void;
}

/** After a failure the next try is sooner. */
const againMs = 10 * 60_000;
/** Longer than this no timer can wait. */
const mostMs = 2 ** 31 - 1;

/**
 * Makes a backup whenever the newest one in the directory is as old as the schedule says, until it is told to stop. Old
 * ones are removed only after the new one was read back to its end. Several processes may share a directory.
 */
export async function keepBackups({ schedule, signal, ...rest }: KeepOptions): Promise<void> {
  while (!signal.aborted) {
    let waitMs = schedule.everyMs;
    try {
      const due = (await newestAt(schedule.directory)) + schedule.everyMs;
      if (due <= Date.now()) await makeOne({ schedule, signal, ...rest });
      else waitMs = due - Date.now();
    } catch (error) {
      if (signal.aborted) return;
      rest.failed(error);
      waitMs = Math.min(againMs, schedule.everyMs);
    }
    await sleep(Math.min(waitMs, mostMs), undefined, { signal, ref: false }).catch(() => {});
  }
}

async function makeOne({ schedule, program, connect, signal, made }: KeepOptions): Promise<void> {
  const { directory, keep } = schedule;
  const file = path.join(directory, nameAt(new Date()));
  await writeBackup(await connect(), file, { program, signal });
  await verifyBackup(file);
  const old = (await backupsIn(directory)).slice(0, -keep).map((name) => path.join(directory, name));
  for (const each of old) await unlink(each).catch(() => {}); // another process may have been faster
  made(file, old);
}

const nameForm = /^goal-agent-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.backup$/;

/** Names sort by their time; what has another name is somebody else's, and stays. */
function nameAt(time: Date): string {
  return `goal-agent-${time.toISOString().replace(/[-:]|\.\d+/g, '')}.backup`;
}

async function backupsIn(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => nameForm.test(name)).sort();
}

/** When the newest backup was made; long ago where there is none. */
async function newestAt(directory: string): Promise<number> {
  const [, ...parts] = nameForm.exec((await backupsIn(directory)).at(-1) ?? '') ?? [];
  const [year, month, day, hour, minute, second] = parts.map(Number);
  if (year === undefined) return Number.NEGATIVE_INFINITY;
  return Date.UTC(year, (month ?? 1) - 1, day, hour, minute, second);
}
