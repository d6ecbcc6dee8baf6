import type pg from 'pg';
import { GoalAgentError } from '../../domain/errors.ts';
import { cancelOnServer } from '../../store/cancel.ts';
import { refuseOlder } from '../../store/migrate.ts';
import { type Session, withSession } from '../../store/session.ts';
import { backupFile, formatName, formatVersion, type Head, type RowCounts, tables } from './format.ts';
import { notWritten, refuseExisting, writeRows } from './write-rows.ts';

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
  await refuseExisting(file);
  try {
    return await withSession({ ...connection, application_name: 'goal-agent backup' }, async (session) => {
      // a statement that waits for somebody's lock would hold up the end for as long as the lock is held
      signal?.addEventListener('abort', () => cancelOnServer(session), { once: true });
      return session.transaction(
        async () => {
          const head = await headOf(session, program);
          return writeRows(file, backupFile, { head, parts: partsOf(session, onProgress) }, signal);
        },
        { isolation: 'repeatable read', reads: true },
      );
    });
  } catch (error) {
    throw signal?.aborted
      ? new GoalAgentError('cancelled', 'The backup was stopped; no file was written.')
      : notWritten(file, error, 'no backup was made');
  }
}

async function headOf(session: Session, program: string): Promise<Head> {
  const { rows: migrations } = await session.query<{ name: string }>(
    'select name from goal_agent_migrations order by id',
  );
  const { rows: now } = await session.query<{ at: string }>(
    'select to_char(now(), \'YYYY-MM-DD"T"HH24:MI:SS"Z"\') as at',
  );
  const names = migrations.map(({ name }) => name);
  return { format: formatName, version: formatVersion, migrations: names, at: now[0]?.at ?? '', program };
}

async function* partsOf(session: Session, onProgress: (done: number, total: number) => void) {
  const total = await countRows(session);
  let done = 0;
  const { rows: workspaces } = await session.query<{ id: number; row: string }>(
    'select w.id, to_jsonb(w)::text as row from workspaces w order by w.id',
  );
  yield { table: 'workspaces', workspace: null, rows: onePage(workspaces.map(({ row }) => row)) };
  async function* counted(pages: AsyncIterable<string[]>) {
    for await (const page of pages) {
      done += page.length;
      onProgress(done, total);
      yield page;
    }
  }
  for (const { name, key } of tables) {
    for (const { id } of workspaces) {
      const query = `select to_jsonb(t)::text as row from ${name} t where t.workspace_id = $1 order by ${key}`;
      yield { table: name, workspace: id, rows: counted(pagesOf(session, query, id)) };
    }
  }
}

async function* onePage(rows: string[]): AsyncGenerator<string[]> {
  yield rows;
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
