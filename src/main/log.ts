import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import pretty from 'pino-pretty';

export type Log = pino.Logger;

/** Past this the log of earlier starts is put aside, under a name that the next time replaces. */
const keptBytes = 10 * 1024 * 1024;

/**
 * A log that goes to `logs/goal_agent_server.log` under `home`, as JSON lines, and to stderr as people read it.
 * Many processes append to the one file. Where it cannot be written, stderr is all there is, and it says so.
 */
export function openLog(home: string): Log {
  const console = { level: 'info', stream: pretty({ destination: 2, sync: true, ...prettyForm }) } as const;
  try {
    const file = logFile(home);
    return pino({ base: { pid: process.pid } }, pino.multistream([console, { level: 'info', stream: file }]));
  } catch (error) {
    const log = pino({ base: { pid: process.pid } }, console.stream);
    log.warn({ err: error }, 'the log file cannot be written; logging to stderr only');
    return log;
  }
}

const prettyForm = {
  colorize: process.stderr.isTTY === true,
  translateTime: 'SYS:HH:MM:ss',
  ignore: 'pid',
  messageFormat: 'goal-agent: {msg}',
};

function logFile(home: string) {
  const directory = join(home, 'logs');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'goal_agent_server.log');
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > keptBytes) renameSync(path, `${path}.1`);
  return pino.destination({ dest: path, append: true, sync: true, mode: 0o600 });
}
