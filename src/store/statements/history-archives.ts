import { defineStatement, type Shape } from '../statement.ts';
import { exactTime, timeBound } from './sql.ts';

// History that goes to a file and out of the database, in whole operations, the oldest first. docs/decisions/archives.md

/** Where the history would be cut: the last of the operations that are all older than a time, and how much that is, less what is in a file. */
export const findHistoryCut = defineStatement({
  name: 'find_history_cut',
  params: { workspaceId: 'int8', since: 'timestamptz?', secondsAgo: 'float8?' },
  columns: {
    last_operation: 'int8',
    last_seq: 'int8',
    mark: 'text',
    operations: 'int8',
    events: 'int8',
    first_at: 'text',
    last_at: 'text',
  },
  text: `
    with gone as (
      select coalesce(max(a.last_operation), 0) as operation
      from history_archives a
      where a.workspace_id = $1
    ),
    cut as (
      select coalesce((
        select o.seq
        from operations o
        where o.workspace_id = $1 and o.at >= ${timeBound('$2', '$3')}
        order by o.seq
        limit 1
      ), 9223372036854775807) as operation
    ),
    old as (
      select count(*) as operations, max(o.seq) as last_operation, min(o.at) as first_at, max(o.at) as last_at
      from operations o
      where o.workspace_id = $1 and o.seq < (select c.operation from cut c)
        and o.seq > (select n.operation from gone n)
    ),
    told as (
      select count(*) as events, max(e.seq) as last_seq
      from events e
      where e.workspace_id = $1 and e.operation <= (select d.last_operation from old d)
        and e.operation > (select n.operation from gone n)
    )
    select d.last_operation, t.last_seq, right(o.id::text, 12) as mark, d.operations, t.events,
      ${exactTime('d.first_at')} as first_at, ${exactTime('d.last_at')} as last_at
    from old d, told t, events e
    join operations o on o.workspace_id = $1 and o.seq = e.operation
    where e.workspace_id = $1 and e.seq = t.last_seq`,
});

const page = { workspaceId: 'int8', after: 'int8', upTo: 'int8', limit: 'int8' } as const;

/** Operations after one and up to another, as JSON: a request is not repeated after so long, and its name may be used again. */
export const listOldOperations = defineStatement({
  name: 'list_old_operations',
  params: page,
  columns: { seq: 'int8', row: 'text' },
  text: `
    select o.seq, (to_jsonb(o) - '{request_id,arguments_hash,answer}'::text[])::text as row
    from operations o
    where o.workspace_id = $1 and o.seq > $2 and o.seq <= $3
    order by o.seq
    limit $4`,
});

/** Their events, those after one event of an operation. */
export const listOldEvents = defineStatement({
  name: 'list_old_events',
  params: { ...page, afterSeq: 'int8' },
  columns: { operation: 'int8', seq: 'int8', row: 'text' },
  text: `
    select e.operation, e.seq, to_jsonb(e)::text as row
    from events e
    where e.workspace_id = $1 and (e.operation, e.seq) > ($2, $5) and e.operation <= $3
    order by e.operation, e.seq
    limit $4`,
});

const columns = {
  last_operation: 'int8',
  last_seq: 'int8',
  mark: 'text',
  operations: 'int8',
  events: 'int8',
  last_at: 'timestamptz',
  file: 'text',
  archived_at: 'timestamptz',
  archived_by: 'text',
} as const satisfies Shape;
const select = Object.keys(columns).join(', ');

/** What went to files, the newest first. */
export const listHistoryArchives = defineStatement({
  name: 'list_history_archives',
  params: { workspaceId: 'int8', limit: 'int8' },
  columns,
  text: `
    select ${select}
    from history_archives
    where workspace_id = $1
    order by last_operation desc
    limit $2`,
});

/** From here on nobody reads the changes from an earlier place. */
export const insertHistoryArchive = defineStatement({
  name: 'insert_history_archive',
  params: {
    workspaceId: 'int8',
    lastOperation: 'int8',
    lastSeq: 'int8',
    mark: 'text',
    operations: 'int8',
    events: 'int8',
    lastAt: 'timestamptz',
    file: 'text',
    archivedBy: 'text',
  },
  columns: {},
  text: `
    insert into history_archives (workspace_id, last_operation, last_seq, mark, operations, events, last_at, file, archived_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (workspace_id, last_operation) do nothing`,
});

export const deleteHistoryArchive = defineStatement({
  name: 'delete_history_archive',
  params: { workspaceId: 'int8', lastOperation: 'int8' },
  columns: {},
  text: `
    delete from history_archives
    where workspace_id = $1 and last_operation = $2`,
});

/** The numbers of the first operations up to one. */
export const listFirstOperations = defineStatement({
  name: 'list_first_operations',
  params: { workspaceId: 'int8', upTo: 'int8', limit: 'int8' },
  columns: { seq: 'int8' },
  text: `
    select o.seq
    from operations o
    where o.workspace_id = $1 and o.seq <= $2
    order by o.seq
    limit $3`,
});

/** History that is in a file: here, and where a whole workspace goes, events are deleted, and nowhere otherwise. */
export const removeOldEvents = defineStatement({
  name: 'remove_old_events',
  params: { workspaceId: 'int8', operations: 'int8[]' },
  columns: {},
  text: `
    delete from events
    where workspace_id = $1 and operation = any($2::int8[])`,
});

export const removeOldOperations = defineStatement({
  name: 'remove_old_operations',
  params: { workspaceId: 'int8', operations: 'int8[]' },
  columns: {},
  text: `
    delete from operations
    where workspace_id = $1 and seq = any($2::int8[])`,
});

/** Whether this role may delete history. */
export const mayRemoveHistory = defineStatement({
  name: 'may_remove_history',
  params: {},
  columns: { may: 'bool' },
  text: `
    select has_table_privilege('events', 'delete') and has_table_privilege('operations', 'delete') as may`,
});

/** Webhooks that work and were not told yet of the change of this number. */
export const listLateWebhooks = defineStatement({
  name: 'list_late_webhooks',
  params: { workspaceId: 'int8', seq: 'int8' },
  columns: { id: 'text' },
  text: `
    select w.id
    from webhooks w
    where w.workspace_id = $1 and w.switched_off_at is null and split_part(w.position, '-', 1)::int8 < $2
    order by w.id`,
});

/** Rows of a file come back; those that were not removed yet stay. */
export const bringBackOperations = bringBack('operations', 'seq');
export const bringBackEvents = bringBack('events', 'seq');

function bringBack<const T extends string>(table: T, key: string) {
  return defineStatement({
    name: `bring_back_${table}`,
    params: { workspaceId: 'int8', rows: 'text' },
    columns: {},
    text: `
    insert into ${table}
    select r.*
    from jsonb_array_elements($2::text::jsonb) as x (value)
    cross join lateral jsonb_populate_record(null::${table}, x.value || jsonb_build_object('workspace_id', $1::int8)) as r
    on conflict (workspace_id, ${key}) do nothing`,
  });
}
