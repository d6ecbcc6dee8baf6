import { isDeepStrictEqual } from 'node:util';
import { keepBackups, type Schedule } from '../exchange/backup/keep-backups.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { sourceOf } from './opening/database-source.ts';
import { operatorText } from './opening/server-store.ts';
import { version } from './version.ts';

export interface Backups {
  /** Goes by the schedule that the settings say now, and gives it back; null for none. */
  reload(): Promise<Schedule | null>;
  stop(): Promise<void>;
}

interface Needs {
  log: Log;
  /** The settings as they are now. */
  readAgain(): Config;
}

/** Makes backups by the schedule of the settings while the service runs. */
export function serveBackups(config: Config, { log, readAgain }: Needs): Backups {
  let running = start(config, config.backups, log);
  let reloading: Promise<unknown> = Promise.resolve();
  const reload = async () => {
    const schedule = readAgain().backups;
    // one that runs already is not broken off in the middle of a backup
    if (!isDeepStrictEqual(schedule, running.schedule)) {
      await running.stop();
      running = start(config, schedule, log);
      log.info({ schedule }, schedule === undefined ? 'backups: no longer made' : 'backups: made by another schedule');
    }
    return schedule ?? null;
  };
  return {
    reload() {
      const reloaded = reloading.then(reload);
      reloading = reloaded.catch(() => {});
      return reloaded;
    },
    async stop() {
      await reloading;
      await running.stop();
    },
  };
}

interface Running {
  schedule: Schedule | undefined;
  stop(): Promise<void>;
}

function start(config: Config, schedule: Schedule | undefined, log: Log): Running {
  const stopping = new AbortController();
  const ended = schedule === undefined ? Promise.resolve() : keep(config, { schedule, log, signal: stopping.signal });
  return {
    schedule,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

async function keep(
  config: Config,
  { schedule, log, signal }: { schedule: Schedule; log: Log; signal: AbortSignal },
): Promise<void> {
  const source = sourceOf(config, (line) => log.info(line));
  try {
    await keepBackups({
      schedule,
      program: version,
      connect: source.connect,
      signal,
      made: (file, removed) => log.info({ removed }, `backup: ${file} was written and verified`),
      failed: (error) => log.error({ err: error }, `no backup was made: ${operatorText(error, config)}`),
    });
  } finally {
    await source.leave();
  }
}
