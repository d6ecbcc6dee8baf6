import type pg from 'pg';
import { GoalAgentError } from '../../domain/errors.ts';
import { allowedName, nameForm } from '../../domain/names.ts';
import { fillWords } from '../../store/fill-words.ts';
import { migrate } from '../../store/migrate.ts';
import { runOnSession } from '../../store/run-on.ts';
import { type Session, withSession } from '../../store/session.ts';
import { type RowCounts, tables } from './format.ts';
import { readBackup, verifyBackup } from './read-backup.ts';
import type { Page } from './read-rows.ts';
import { withoutIndexes } from './without-indexes.ts';

/** One workspace of a backup, and the name of the one that is made of it. */
export interface Part {
  workspace: string;
  as: string;
}

export interface RestoreOptions {
  /** Everything, into an empty database, where it is left out. */
  part?: Part | undefined;
  onProgress?: (done: number, total: number) => void;
}

/**
 * Restores a backup: all of it into an empty database, or one workspace as a new one. The file is verified first, and what
 * is written is one transaction.
 *
 * @throws GoalAgentError `invalid` for a file that cannot be restored; `conflict` when something is there already.
 */
export async function restoreBackup(
  connection: pg.ClientConfig,
  file: string,
  { part, onProgress = () => {} }: RestoreOptions = {},
): Promise<RowCounts> {
  const { head, rows } = await verifyBackup(file);
  await migrate(connection);
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  return withSession({ ...connection, application_name: 'goal-agent restore' }, (session) =>
    session.transaction(async () => {
      await refuseNewer(session, file, head.migrations);
      const restoring = part === undefined ? await intoEmpty(session) : await asNewWorkspace(session, file, part);
      const counts: RowCounts = {};
      let done = 0;
      const fill = async () => {
        let writing = Promise.resolve();
        for await (const page of readBackup(file)) {
          await writing;
          // the next page is read meanwhile
          writing = restoring(page).then((written) => {
            counts[page.table] = (counts[page.table] ?? 0) + written;
            done += page.rows.length;
            onProgress(done, total);
          });
          writing.catch(() => {}); // told where it is waited for
        }
        await writing;
        await goOnFrom(session);
        // the planner knows nothing of rows that came in this transaction, and would sort all tasks for each page of them
        for (const { name } of tables) await session.query(`analyze ${name}`);
        await fillWords(runOnSession(session));
        return counts;
      };
      return part === undefined ? withoutIndexes(session, filled, fill) : fill();
    }),
  );
}

/** What a restore fills, and what is made anew of it. */
const filled = [
  ...tables.map(({ name }) => name),
  ...['goal_repos', 'goal_labels', 'task_labels', 'goal_words', 'task_words', 'note_words'],
];

type Restoring = (page: Page) => Promise<number>;

/** Workspaces that hold nothing make room: every start makes one. */
async function intoEmpty(session: Session): Promise<Restoring> {
  await session.query('lock table workspaces in share row exclusive mode');
  const { rows } = await session.query<{ name: string }>(
    `select w.name from workspaces w
     where exists (select from goals g where g.workspace_id = w.id) or exists (select from operations o where o.workspace_id = w.id)
     order by w.id limit 1`,
  );
  const [taken] = rows;
  if (taken !== undefined) {
    throw new GoalAgentError(
      'conflict',
      `The database is not empty: the workspace ${taken.name} holds something. Restore into another database, or one workspace of the backup as a new one with --workspace and --as.`,
    );
  }
  await session.query('delete from ready_starts s using workspaces w where s.workspace_id = w.id');
  await session.query('delete from tokens t using workspaces w where t.workspace_id = w.id');
  for (const name of ['resources', 'templates']) {
    await session.query(`delete from ${name} x using workspaces w where x.workspace_id = w.id`);
  }
  await session.query('delete from counters c using workspaces w where c.workspace_id = w.id');
  await session.query('delete from workspaces');
  return ({ table, rows: texts }) => insert(session, table, texts);
}

async function asNewWorkspace(session: Session, file: string, { workspace, as }: Part): Promise<Restoring> {
  if (!nameForm.test(as)) throw new GoalAgentError('invalid', `--as has to be ${allowedName}.`);
  const { rows } = await session.query<{ id: number }>(
    'insert into workspaces (name) values ($1) on conflict (name) do nothing returning id',
    [as],
  );
  const [made] = rows;
  if (made === undefined) {
    throw new GoalAgentError('conflict', `A workspace ${as} is there already. Choose another name with --as.`);
  }
  const number = await numberIn(file, workspace);
  const taken = new Set(tables.flatMap(({ name, staysBehind }) => (staysBehind ? [] : [name])));
  return async ({ table, workspace: of, rows: texts }) =>
    of === number && taken.has(table) ? insert(session, table, texts, made.id) : 0;
}

/** The number that a workspace has in a backup. */
async function numberIn(file: string, name: string): Promise<number> {
  const names: string[] = [];
  for await (const { table, rows } of readBackup(file)) {
    if (table !== 'workspaces') break;
    for (const text of rows) {
      const row = JSON.parse(text) as { id: number; name: string };
      if (row.name === name) return row.id;
      names.push(row.name);
    }
  }
  throw new GoalAgentError('invalid', `${file} has no workspace ${name}; it has ${names.slice(0, 20).join(', ')}.`);
}

/** The rows as they are, or as those of another workspace. The texts stay as they came: no number of theirs is read as a double. */
async function insert(session: Session, table: string, texts: string[], workspaceId?: number): Promise<number> {
  const rows =
    workspaceId === undefined
      ? '$1::jsonb'
      : `(select jsonb_agg(x.value || jsonb_build_object('workspace_id', $2::int8)) from jsonb_array_elements($1::jsonb) as x (value))`;
  await session.query({
    name: `restore_${table}_${workspaceId === undefined ? 'all' : 'one'}`,
    text: `insert into ${table} select r.* from jsonb_populate_recordset(null::${table}, ${rows}) as r`,
    values: [`[${texts.join(',')}]`, ...(workspaceId === undefined ? [] : [workspaceId])],
  });
  return texts.length;
}

/** Numbers that are given out from here on come after those that were restored. */
async function goOnFrom(session: Session): Promise<void> {
  await session.query(`
    select setval('history_numbers', greatest(
      (select h.last_value from history_numbers h),
      coalesce((select max(e.seq) from events e join workspaces w on w.id = e.workspace_id), 1),
      coalesce((select max(o.seq) from operations o join workspaces w on w.id = o.workspace_id), 1)))`);
  await session.query(`
    select setval(pg_get_serial_sequence('workspaces', 'id'), greatest(1, (select max(w.id) from workspaces w)))`);
}

async function refuseNewer(session: Session, file: string, migrations: string[]): Promise<void> {
  const { rows } = await session.query<{ name: string }>('select name from goal_agent_migrations');
  const known = new Set(rows.map(({ name }) => name));
  if (migrations.every((name) => known.has(name))) return;
  throw new GoalAgentError(
    'invalid',
    `${file} is of a newer schema than this version of Goal Agent has. Install that version; nothing was restored.`,
  );
}
