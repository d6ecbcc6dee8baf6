import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { GoalAgentError } from '../../domain/errors.ts';
import type { RowCounts, RowFile } from './format.ts';

const TableLine = z.object({ table: z.string(), workspace: z.number().int().positive().nullable() });
const EndLine = z.object({ end: z.literal(true), rows: z.record(z.string(), z.number().int()), sha256: z.string() });

/** Rows of one table of one workspace, as JSON texts. */
export interface Page {
  table: string;
  /** Null for the rows of `workspaces` themselves. */
  workspace: number | null;
  rows: string[];
}

const pageSize = 500;

/**
 * The rows of a file in their order, a page at a time. What is wrong with the end of the file is found at the end: verify it
 * first.
 *
 * @throws GoalAgentError `invalid` for a file of another kind, or one that is cut off, was changed, or is of a newer version.
 */
export async function* readRows<H>(
  file: string,
  kind: RowFile<H>,
  onHead: (head: H) => void = () => {},
): AsyncGenerator<Page> {
  const broken = (line: number, what: string) =>
    new GoalAgentError('invalid', `${file}, line ${line}: ${what}. ${kind.whatNext}`);
  const digest = createHash('sha256');
  const counts: RowCounts = Object.fromEntries(kind.tables.map((name) => [name, 0]));
  let page: Page | undefined;
  let end: z.infer<typeof EndLine> | undefined;
  let number = 0;
  for await (const line of linesOf(file, kind)) {
    number += 1;
    if (end !== undefined) throw broken(number, 'something follows its end');
    if (line.startsWith('#')) {
      const control = parsed(line.slice(1));
      if (number === 1) onHead(headOf(file, kind, control));
      else {
        if (page !== undefined && page.rows.length > 0) yield page;
        page = undefined;
        end = EndLine.safeParse(control).data;
        if (end === undefined) page = { ...tableOf(control, kind, () => broken(number, unknownTable)), rows: [] };
      }
    } else {
      if (page === undefined)
        throw number === 1 ? wrongKind(file, kind) : broken(number, 'the row belongs to no table');
      page.rows.push(line);
      counts[page.table] = (counts[page.table] ?? 0) + 1;
      if (page.rows.length === pageSize) {
        yield page;
        page = { ...page, rows: [] };
      }
    }
    if (end === undefined) digest.update(`${line}\n`);
  }
  if (number === 0) throw wrongKind(file, kind);
  if (end === undefined) throw broken(number, `it is cut off (${whatIsThere(counts)} are there)`);
  if (end.sha256 !== digest.digest('hex') || JSON.stringify(end.rows) !== JSON.stringify(counts)) {
    throw broken(number, 'its content is not what was written');
  }
}

/** Reads a file of rows to its end, and says what is in it. */
export async function verifyRows<H>(file: string, kind: RowFile<H>): Promise<{ head: H; rows: RowCounts }> {
  const rows: RowCounts = {};
  let head: H | undefined;
  for await (const page of readRows(file, kind, (read) => {
    head = read;
  })) {
    rows[page.table] = (rows[page.table] ?? 0) + page.rows.length;
  }
  if (head === undefined) throw wrongKind(file, kind);
  return { head, rows };
}

async function* linesOf<H>(file: string, kind: RowFile<H>): AsyncGenerator<string> {
  const source = createReadStream(file);
  const text = source.pipe(createGunzip());
  source.on('error', (error) => text.destroy(error));
  let number = 0;
  const broken = (what: string) => new GoalAgentError('invalid', `${file}, line ${number}: ${what}. ${kind.whatNext}`);
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
    if (code === 'Z_DATA_ERROR' && number === 0) throw wrongKind(file, kind);
    if (code === 'Z_BUF_ERROR') throw broken('it is cut off');
    if (code?.startsWith('Z_')) throw broken('its content is damaged');
    throw error;
  } finally {
    source.destroy();
  }
}

function headOf<H>(file: string, kind: RowFile<H>, control: unknown): H {
  const { format, version } = (control ?? {}) as { format?: unknown; version?: unknown };
  if (format !== kind.format) throw wrongKind(file, kind);
  const head = kind.head.safeParse(control).data;
  if (head !== undefined && version === kind.version) return head;
  throw new GoalAgentError(
    'invalid',
    `${file} was written by a newer version of Goal Agent (format ${version}; this one reads ${kind.version}). Install that version.`,
  );
}

const unknownTable = 'it has a table that this version does not know';

function tableOf<H>(control: unknown, kind: RowFile<H>, broken: () => GoalAgentError) {
  const line = TableLine.safeParse(control).data;
  if (line !== undefined && kind.tables.includes(line.table)) return line;
  throw broken();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function whatIsThere(counts: RowCounts): string {
  const some = Object.entries(counts).filter(([, rows]) => rows > 0);
  return `${some.map(([table, rows]) => `${rows} ${table}`).join(', ') || 'no rows'} are there`;
}

function wrongKind<H>(file: string, kind: RowFile<H>): GoalAgentError {
  return new GoalAgentError('invalid', kind.refusal(file));
}
