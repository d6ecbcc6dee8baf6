import { keepBackups } from '../exchange/backup/keep-backups.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { sourceOf } from './opening/database-source.ts';
import { operatorText } from './opening/server-store.ts';
import { version } from './version.ts';

/** Makes backups by the schedule of the settings while the service runs. */
export async function serveBackups(config: Config, { log, signal }: { log: Log; signal: AbortSignal }): Promise<void> {
  const { backups: schedule } = config;
  if (schedule === undefined) return;
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
