import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, open, unlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { GoalAgentError } from '../../domain/errors.ts';
import type { RowCounts, RowFile } from './format.ts';

/** What comes first in a file of rows, and its rows, by tables. */
interface Content<H> {
  head: H;
  parts: AsyncIterable<{ table: string; workspace: number | null; rows: AsyncIterable<string[]> }>;
}

async function* linesOf<H>({ head, parts }: Content<H>, counts: RowCounts): AsyncGenerator<string> {
  const digest = createHash('sha256');
  const told = (lines: string) => {
    digest.update(lines);
    return lines;
  };
  yield told(control(head));
  for await (const { table, workspace, rows } of parts) {
    yield told(control({ table, workspace }));
    for await (const page of rows) {
      counts[table] = (counts[table] ?? 0) + page.length;
      yield told(page.map((row) => `${row}\n`).join(''));
    }
  }
  yield control({ end: true, rows: counts, sha256: digest.digest('hex') });
}

/**
 * Writes a file of rows, which appears under its name when all of it is on the disk. Only its owner may read it.
 *
 * @throws the error of the file system where it cannot be written: `EEXIST` where there is a file of this name.
 */
export async function writeRows<H>(
  file: string,
  kind: RowFile<H>,
  content: Content<H>,
  signal?: AbortSignal,
): Promise<RowCounts> {
  const draft = `${file}.part-${process.pid}`;
  const counts: RowCounts = Object.fromEntries(kind.tables.map((name) => [name, 0]));
  try {
    const sink = createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(Readable.from(linesOf(content, counts)), createGzip(), sink, ...(signal ? [{ signal }] : []));
    await link(draft, file);
    return counts;
  } finally {
    await unlink(draft).catch(() => {});
  }
}

/** Before the work of writing a file, which may take long. */
export async function refuseExisting(file: string): Promise<void> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return;
  await handle.close();
  throw exists(file);
}

/** The error of a file that was not written, in words. */
export function notWritten(file: string, error: unknown, what: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof GoalAgentError || syscall === undefined) return error;
  if (code === 'EEXIST') return exists(file);
  return new GoalAgentError('invalid', `${file} cannot be written (${code}); ${what}.`, { cause: error });
}

function exists(file: string): GoalAgentError {
  return new GoalAgentError('conflict', `${file} exists already and was not touched. Choose another name.`);
}

function control(line: unknown): string {
  return `#${JSON.stringify(line)}\n`;
}
