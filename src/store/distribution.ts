import type { Session } from './session.ts';

// On a Citus an operator says that the tables are to be distributed by making `workspaces` a reference table. From then on
// the runner of migrations distributes every table that is not yet, a new one in the transaction that makes it.

/** Each table before the tables that refer to it. A test compares the list with the catalog. */
export const distributedTables = [
  'counters',
  'goals',
  'tasks',
  'task_dependencies',
  'claims',
  'notes',
  'operations',
  'events',
  'goal_repos',
  'goal_labels',
  'task_labels',
  'ready_starts',
  'goal_words',
  'task_words',
  'note_words',
  'imports',
  'tokens',
  'webhooks',
  'resources',
  'history_archives',
  'templates',
] as const;

/** Whether an operator has this database distributed. */
export async function isDistributed(session: Session): Promise<boolean> {
  if (!session.isCitus) return false;
  const { rows } = await session.query<{ found: boolean }>(
    `select exists (select from pg_dist_partition p where p.logicalrelid = to_regclass('workspaces') and p.repmodel = 't') as found`,
  );
  return rows[0]?.found === true;
}

/** The tables that are not distributed yet, in order. */
export async function undistributedTables(session: Session): Promise<string[]> {
  const { rows } = await session.query<{ name: string }>(
    `select t.name
     from unnest($1::text[]) with ordinality as t (name, place)
     where not exists (select from pg_dist_partition p where p.logicalrelid = t.name::regclass and p.partmethod = 'h')
     order by t.place`,
    [distributedTables],
  );
  return rows.map(({ name }) => name);
}

/** Distributes tables with the rows that they have, all of a workspace on one node, in the transaction that is open. */
export async function distribute(session: Session, tables: readonly string[]): Promise<void> {
  // a table that this transaction has made is known to its own connection only
  await session.query(`set local citus.multi_shard_modify_mode = 'sequential'`);
  const [first] = distributedTables;
  for (const table of tables) {
    await session.query(
      `select create_distributed_table($1::text::regclass, 'workspace_id', colocate_with => $2::text)`,
      [table, table === first ? 'none' : first],
    );
  }
}
