import { spawn } from 'node:child_process';
import { coloursOf, hasColours, type Look, lookFor } from './look.ts';
import { atWords, wrapped } from './text.ts';

// The one place that writes to stdout. `goal-agent mcp` never comes here: its stdout is the protocol's.

/** Whether a person reads what the command writes. */
export function isTerminal(): boolean {
  return process.stdout.isTTY === true;
}

/** How answers look here, at this moment: a terminal may change its width. */
export function look(): Look {
  const { stdout, env, platform } = process;
  return lookFor({ isTerminal: isTerminal(), columns: stdout.columns, env, platform });
}

/** Prints a line or a sentence; one that is wider than the terminal is broken at words. */
export function print(line = ''): void {
  for (const part of atWords(line, look().width)) printAsIs(part);
}

/** Prints a line that a program reads or a person copies. */
export function printAsIs(line: string): void {
  write(`${line}\n`);
}

/** Writes text as it is. */
export function write(text: string): void {
  endQuietlyWithReader();
  process.stdout.write(text);
}

export function printJson(value: unknown): void {
  printAsIs(JSON.stringify(value, null, 2));
}

/** Rows of the terminal; undefined where there is none. */
export function terminalRows(): number | undefined {
  return isTerminal() ? process.stdout.rows : undefined;
}

/** Tells of a new size of the terminal, until the function that it gives back is called. */
export function onResize(redraw: () => void): () => void {
  process.stdout.on('resize', redraw);
  return () => process.stdout.off('resize', redraw);
}

/** Whether somebody still reads. */
export function isRead(): boolean {
  return !process.stdout.destroyed;
}

/** Prints lines, through the pager where they are more than the terminal has. */
export async function show(lines: readonly string[]): Promise<void> {
  const rows = terminalRows();
  const pager = process.env.PAGER ?? 'less';
  // a terminal that does not know its height has 0 rows
  const isLong = rows !== undefined && rows > 0 && lines.length >= rows && process.stdin.isTTY;
  const text = lines.map((line) => `${line}\n`).join('');
  if (!isLong || pager === '' || pager === 'cat' || !(await page(pager, text))) write(text);
}

/** Gives back false where there is no such program. */
async function page(pager: string, text: string): Promise<boolean> {
  const env = { ...process.env, LESS: process.env.LESS ?? 'FRX', LV: process.env.LV ?? '-c' };
  const child = spawn(pager, { shell: true, stdio: ['pipe', 'inherit', 'inherit'], env });
  // Ctrl+C is for the pager, which has its own use for it
  const ignore = () => {};
  process.on('SIGINT', ignore);
  // who leaves the pager early closes the pipe
  child.stdin.on('error', ignore);
  child.stdin.end(text);
  try {
    return await new Promise((resolve) => {
      child.once('error', () => resolve(false));
      // what a shell answers for a program that it does not find
      child.once('close', (code) => resolve(code !== 127));
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}

/** One line for what went wrong. */
export function renderError(message: string): void {
  const { bad } = coloursOf(hasColours({ isTerminal: process.stderr.isTTY === true, env: process.env }));
  note(`${bad('error:')} ${message}`);
}

/** A line beside the answer, on stderr. */
export function note(line: string): void {
  const { isTTY, columns } = process.stderr;
  // a terminal that does not know its width has 0 columns
  const width = isTTY === true && columns > 0 ? columns : Number.POSITIVE_INFINITY;
  for (const part of atWords(line, width)) process.stderr.write(`${part}\n`);
}

/** A quiet line about what one might do next, for a person alone. */
export function hint(text: string): string[] {
  if (!isTerminal()) return [];
  const { colours, ...rest } = look();
  return wrapped(text, rest).map(colours.muted);
}

let isWatched = false;

/** A reader such as `head` that has enough ends the output, and is no error. */
function endQuietlyWithReader(): void {
  if (isWatched) return;
  isWatched = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
