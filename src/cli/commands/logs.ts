import type { Command } from 'commander';
import type { Actions } from '../actions.ts';
import { example, wholeNumber } from '../arguments.ts';
import { isRead, print, printAsIs } from '../render/output.ts';
import { withServerName } from '../server-argument.ts';

interface LogsOptions {
  lines: number;
  follow?: boolean;
  json?: boolean;
}

/** Adds `logs`: what the servers of this home wrote. */
export function addLogsCommand(program: Command, actions: Actions): void {
  const command = withServerName(program.command('logs'))
    .option('-n, --lines <number>', 'the newest so many', wholeNumber, 50)
    .option('-f, --follow', 'and what comes, until Ctrl+C')
    .option('--json', 'the lines as they are in the file')
    .description('the log of the service, and of the servers that clients start');
  example(command, `${program.name()} logs -n 20`).action((_server: string | undefined, options: LogsOptions) =>
    runLogs(actions, options),
  );
}

async function runLogs(actions: Actions, { lines, follow = false, json = false }: LogsOptions): Promise<void> {
  const { endOfLog, followLines, lastLines, logFileOf } = await import('../../machine/log-lines.ts');
  const file = logFileOf(actions.machine().home);
  const readable = json ? (line: string) => line : (await import('../render/log.ts')).readableLog();
  const show = (line: string) => printAsIs(readable(line));
  const from = await endOfLog(file);
  const newest = await lastLines(file, lines);
  newest.forEach(show);
  if (newest.length === 0 && !follow && !json) print(`Nothing is in ${file} yet.`);
  if (!follow) return;
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end.abort());
  const onLine = (line: string) => (isRead() ? show(line) : end.abort());
  await followLines(file, { from, onLine, signal: end.signal });
}
