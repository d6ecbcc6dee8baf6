import { existsSync } from 'node:fs';
import { GoalAgentError } from '../domain/errors.ts';
import type { Config, Refused, Settings, Told } from './config.ts';
import { type Log, openLog } from './log.ts';
import { type Wired, wire } from './opening/wire.ts';
import { refuse } from './refuse.ts';

export interface Begun {
  log: Log;
  wired: Wired;
}

/**
 * Opens the log, says in it where the settings come from, and puts the program together. With wrong settings the
 * program refuses every call and says why: a client that only sees its server end can tell nobody the reason.
 */
export function begin({ config, refused }: Settings, { isShared = false, isBackground = false } = {}): Begun {
  if (refused !== undefined) return beginRefusing(refused);
  const log = openLog(config.home, { isBackground });
  tell(log, config);
  try {
    return { log, wired: wire(config, log, { isShared }) };
  } catch (error) {
    if (!(error instanceof GoalAgentError)) throw error;
    return { log, wired: refuse({ ...config, problems: [error.message] }, log) };
  }
}

/** Makes nothing, because the home folder itself may be wrong. */
function beginRefusing(refused: Refused): Begun {
  const { home, problems } = refused;
  const isTrusted = existsSync(home) && !problems.some((problem) => problem.startsWith('GOAL_AGENT_HOME'));
  const log = openLog(isTrusted ? home : undefined);
  tellNotices(log, refused.told);
  return { log, wired: refuse(refused, log) };
}

function tell(log: Log, { database, cache, told }: Config): void {
  const goals = database.kind === 'embedded' ? 'the embedded database' : 'a PostgreSQL server';
  const cached = cache.kind === 'off' ? 'no cache' : 'a Redis';
  log.info(`settings: ${goals} (${told.databaseFrom}), ${cached} (${told.cacheFrom})`);
  tellNotices(log, told);
}

function tellNotices(log: Log, { files, notices }: Told): void {
  for (const line of files) log.warn(line);
  for (const line of notices) log.info(line);
}
