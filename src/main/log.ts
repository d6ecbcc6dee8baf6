import { writeSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { prettyFactory } from 'pino-pretty';
import { GoalAgentError } from '../domain/errors.ts';
import { LogFile } from './log/log-file.ts';
import { Repeats } from './log/repeats.ts';

export type Log = pino.Logger;

/**
 * A log that goes to `logs/goal_agent_server.log` under `home`, as JSON lines, and to stderr as people read it. Without
 * a `home` there is only stderr. Many processes append to the one file. A line that cannot be written is lost and ends
 * nothing, because the log is not the purpose of the process. In the background nobody reads stderr, and only trouble
 * with the file goes there.
 */
export function openLog(home: string | undefined, { isBackground = false } = {}): Log {
  const repeats = new Repeats();
  process.once('exit', () => repeats.flush());
  const options = { base: { pid: process.pid }, serializers: { err: describeError }, hooks: onceAWhile(repeats) };
  if (home === undefined) return pino(options, stderr);
  const file = new LogFile(join(home, 'logs', 'goal_agent_server.log'));
  const log = pino(
    options,
    pino.multistream([...(isBackground ? [] : [{ level: 'info', stream: stderr }]), { level: 'info', stream: file }]),
  );
  const told = isBackground ? pino(options, stderr) : log;
  file.onTrouble = (error) => told.warn(`the log file cannot be written (${error.message}); stderr has the lines`);
  return log;
}

const pretty = prettyFactory({
  colorize: process.stderr.isTTY === true,
  translateTime: 'SYS:HH:MM:ss',
  ignore: 'pid,cause',
  messageFormat: 'goal-agent: {msg}',
});

/**
 * Unlike process.stderr it never throws later, in an event without a listener: a full disk or a closed pipe loses the
 * line.
 */
const stderr = {
  write(line: string): void {
    try {
      writeSync(2, pretty(line));
    } catch {}
  },
};

/** A line that repeats an earlier one is counted; a later line has the number. */
function onceAWhile(repeats: Repeats): NonNullable<pino.LoggerOptions['hooks']> {
  return {
    logMethod(args, method, level) {
      const [first, second] = args as unknown[];
      const message = typeof first === 'string' ? first : second;
      const { err } = (typeof first === 'object' && first !== null ? first : {}) as { err?: unknown };
      const tell = (times: number) =>
        method.apply(this, [`${times === 1 ? 'once' : `${times} times`} more: ${message}`]);
      const key = `${level} ${message} ${err instanceof Error ? err.message : ''}`;
      if (repeats.admit(key, tell)) method.apply(this, args);
    },
  };
}

/** A stack is for defects. Where the error explains itself, the lines of our code that met it add nothing. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error ? error.code : undefined;
  const isKnown = error instanceof GoalAgentError || typeof code === 'string';
  if (!isKnown) return pino.stdSerializers.err(error);
  const { message, cause } = error;
  return { code, message, ...(cause instanceof Error && { cause: cause.message }) };
}
