import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { z } from 'zod';
import { GoalAgentError } from '../../domain/errors.ts';
import { EndLine, formatName, formatVersion, Head, type RowCounts, TableLine, tables } from './format.ts';

/** Rows of one table of one workspace, as JSON texts. */
export interface Page {
  table: string;
  /** Null for the rows of `workspaces` themselves. */
  workspace: number | null;
  rows: string[];
}

const pageSize = 500;

export interface Verified {
  head: Head;
  rows: RowCounts;
}

/**
 * Reads a backup to its end, and says what is in it.
 *
 * @throws GoalAgentError `invalid` for a file that is no backup, is cut off, was changed, or was written by a newer version.
 */
export async function verifyBackup(file: string): Promise<Verified> {
  const counts: RowCounts = {};
  let head: Head | undefined;
  for await (const page of readBackup(file, (read) => {
    head = read;
  })) {
    counts[page.table] = (counts[page.table] ?? 0) + page.rows.length;
  }
  if (head === undefined) throw noBackup(file);
  return { head, rows: counts };
}

/**
 * The rows of a backup in their order, a page at a time. What is wrong with the end of the file is found at the end:
 * verify it first.
 */
export async function* readBackup(file: string, onHead: (head: Head) => void = () => {}): AsyncGenerator<Page> {
  const known = new Set(['workspaces', ...tables.map(({ name }) => name)]);
  const digest = createHash('sha256');
  const counts: RowCounts = { workspaces: 0, ...Object.fromEntries(tables.map(({ name }) => [name, 0])) };
  let page: Page | undefined;
  let end: z.infer<typeof EndLine> | undefined;
  let number = 0;
  for await (const line of linesOf(file)) {
    number += 1;
    if (end !== undefined) throw broken(file, number, 'something follows its end');
    if (line.startsWith('#')) {
      const control = parsed(line.slice(1));
      if (number === 1) onHead(headOf(file, control));
      else {
        if (page !== undefined && page.rows.length > 0) yield page;
        page = undefined;
        end = EndLine.safeParse(control).data;
        if (end === undefined) page = { ...tableOf(control, known, file, number), rows: [] };
      }
    } else {
      if (page === undefined) throw number === 1 ? noBackup(file) : broken(file, number, 'the row belongs to no table');
      page.rows.push(line);
      counts[page.table] = (counts[page.table] ?? 0) + 1;
      if (page.rows.length === pageSize) {
        yield page;
        page = { ...page, rows: [] };
      }
    }
    if (end === undefined) digest.update(`${line}\n`);
  }
  if (number === 0) throw noBackup(file);
  if (end === undefined) throw broken(file, number, `it is cut off (${whatIsThere(counts)} are there)`);
  if (end.sha256 !== digest.digest('hex') || JSON.stringify(end.rows) !== JSON.stringify(counts)) {
    throw broken(file, number, 'its content is not what was written');
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const text = source.pipe(createGunzip());
  source.on('error', (error) => text.destroy(error));
  let number = 0;
  try {
    for await (const line of createInterface({ input: text as Readable, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      yield line;
    }
    if (text.errored) throw text.errored;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall !== undefined)
      throw new GoalAgentError('invalid', `${file} cannot be read (${code}).`, { cause: error });
    if (code === 'Z_DATA_ERROR' && number === 0) throw noBackup(file);
    if (code === 'Z_BUF_ERROR') throw broken(file, number, 'it is cut off');
    if (code?.startsWith('Z_')) throw broken(file, number, 'its content is damaged');
    throw error;
  } finally {
    source.destroy();
  }
}

function headOf(file: string, control: unknown): Head {
  const { format, version } = (control ?? {}) as { format?: unknown; version?: unknown };
  if (format !== formatName) throw noBackup(file);
  const head = Head.safeParse(control).data;
  if (head !== undefined && version === formatVersion) return head;
  throw new GoalAgentError(
    'invalid',
    `${file} was written by a newer version of Goal Agent (format ${version}; this one reads ${formatVersion}). Install that version.`,
  );
}

function tableOf(control: unknown, known: ReadonlySet<string>, file: string, number: number) {
  const line = TableLine.safeParse(control).data;
  if (line !== undefined && known.has(line.table)) return line;
  throw broken(file, number, 'it has a table that this version does not know');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function whatIsThere({ goals = 0, tasks = 0, events = 0 }: RowCounts): string {
  return `${goals} goals, ${tasks} tasks and ${events} events`;
}

function broken(file: string, line: number, what: string): GoalAgentError {
  return new GoalAgentError('invalid', `${file}, line ${line}: ${what}. Use another backup; nothing was restored.`);
}

function noBackup(file: string): GoalAgentError {
  return new GoalAgentError('invalid', `${file} is no backup of Goal Agent. goal-agent backup writes one.`);
}
