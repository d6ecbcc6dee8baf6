import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, open, unlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type pg from 'pg';
import { GoalAgentError } from '../../domain/errors.ts';
import { cancelOnServer } from '../../store/cancel.ts';
import { refuseOlder } from '../../store/migrate.ts';
import { type Session, withSession } from '../../store/session.ts';
import { formatName, formatVersion, type RowCounts, tables } from './format.ts';

/** Rows that are in memory at once. */
const pageSize = 1_000;

export interface BackupOptions {
  program: string;
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Writes every workspace of a database, as it is at one moment, to a file that does not exist yet. The file appears under
 * its name when all of it is on the disk.
 *
 * @throws GoalAgentError `conflict` when the file exists, `invalid` when it cannot be written, `configuration` for a
 *   database of another version.
 */
export async function writeBackup(
  connection: pg.ClientConfig,
  file: string,
  { program, onProgress = () => {}, signal }: BackupOptions,
): Promise<RowCounts> {
  await refuseOlder(connection).catch((error) => {
    if (!(error instanceof GoalAgentError) || error.cause !== undefined) throw error;
    throw new GoalAgentError(
      'configuration',
      'This database has no tables of this version of Goal Agent. Run goal-agent init first, which makes or converts them.',
    );
  });
  const draft = `${file}.part-${process.pid}`;
  await refuseExisting(file);
  try {
    return await withSession({ ...connection, application_name: 'goal-agent backup' }, async (session) => {
      // a statement that waits for somebody's lock would hold up the end for as long as the lock is held
      signal?.addEventListener('abort', () => cancelOnServer(session), { once: true });
      return session.transaction(
        async () => {
          const counts: RowCounts = {};
          const lines = linesOf(session, { program, counts, onProgress });
          // only its owner may read it: it holds all that is stored
          const sink = createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true });
          await pipeline(Readable.from(lines), createGzip(), sink, ...(signal ? [{ signal }] : []));
          await link(draft, file);
          return counts;
        },
        { isolation: 'repeatable read', reads: true },
      );
    });
  } catch (error) {
    throw signal?.aborted
      ? new GoalAgentError('cancelled', 'The backup was stopped; no file was written.')
      : named(file, error);
  } finally {
    await unlink(draft).catch(() => {});
  }
}

interface Lines {
  program: string;
  counts: RowCounts;
  onProgress(done: number, total: number): void;
}

async function* linesOf(session: Session, { program, counts, onProgress }: Lines): AsyncGenerator<string> {
  const digest = createHash('sha256');
  const told = (lines: string) => {
    digest.update(lines);
    return lines;
  };
  const total = await countRows(session);
  let done = 0;
  const { rows: migrations } = await session.query<{ name: string }>(
    'select name from goal_agent_migrations order by id',
  );
  const { rows: now } = await session.query<{ at: string }>(
    'select to_char(now(), \'YYYY-MM-DD"T"HH24:MI:SS"Z"\') as at',
  );
  const names = migrations.map(({ name }) => name);
  yield told(control({ format: formatName, version: formatVersion, migrations: names, at: now[0]?.at, program }));
  const { rows: workspaces } = await session.query<{ id: number; row: string }>(
    'select w.id, to_jsonb(w)::text as row from workspaces w order by w.id',
  );
  counts.workspaces = workspaces.length;
  yield told(`${control({ table: 'workspaces', workspace: null })}${workspaces.map(({ row }) => `${row}\n`).join('')}`);
  for (const { name, key } of tables) {
    counts[name] = 0;
    for (const { id } of workspaces) {
      yield told(control({ table: name, workspace: id }));
      for await (const page of pagesOf(
        session,
        `select to_jsonb(t)::text as row from ${name} t where t.workspace_id = $1 order by ${key}`,
        id,
      )) {
        counts[name] += page.length;
        done += page.length;
        onProgress(done, total);
        yield told(page.map((row) => `${row}\n`).join(''));
      }
    }
  }
  yield control({ end: true, rows: counts, sha256: digest.digest('hex') });
}

/** The rows of a query, a page at a time, from a cursor of the transaction that is open. */
async function* pagesOf(session: Session, query: string, workspaceId: number): AsyncGenerator<string[]> {
  await session.query(`declare backup_rows no scroll cursor for ${query}`, [workspaceId]);
  for (;;) {
    const { rows } = await session.query<{ row: string }>(`fetch ${pageSize} from backup_rows`);
    if (rows.length > 0) yield rows.map(({ row }) => row);
    if (rows.length < pageSize) break;
  }
  await session.query('close backup_rows');
}

async function countRows(session: Session): Promise<number> {
  const counts = tables.map(
    ({ name }) => `(select count(*) from ${name} t join workspaces w on w.id = t.workspace_id)`,
  );
  const { rows } = await session.query<{ total: number }>(`select (${counts.join(' + ')})::int8 as total`);
  return rows[0]?.total ?? 0;
}

function control(line: object): string {
  return `#${JSON.stringify(line)}\n`;
}

/** Before the work of writing it, which may take long. */
async function refuseExisting(file: string): Promise<void> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return;
  await handle.close();
  throw exists(file);
}

function named(file: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof GoalAgentError || syscall === undefined) return error;
  if (code === 'EEXIST') return exists(file);
  return new GoalAgentError('invalid', `${file} cannot be written (${code}); no backup was made.`, { cause: error });
}

function exists(file: string): GoalAgentError {
  return new GoalAgentError('conflict', `${file} exists already and was not touched. Choose another name.`);
}
