import { defineStatement } from '../statement.ts';

/**
 * The last number that the history gave out, and when it was looked at. `is_same_run`: the server has run without a break
 * since the time that is given, since the connection that answers is older.
 */
export const lookAtHistoryNumbers = defineStatement({
  name: 'look_at_history_numbers',
  params: { since: 'timestamptz?' },
  columns: { last: 'int8', at: 'timestamptz', is_same_run: 'bool', is_standby: 'bool' },
  text: `
    select case when h.is_called then h.last_value else h.last_value - 1 end as last,
      clock_timestamp() as at,
      coalesce((select a.backend_start < $1 from pg_stat_get_activity(pg_backend_pid()) a), false) as is_same_run,
      pg_is_in_recovery() as is_standby
    from history_numbers h`,
});

/**
 * Transactions that write events: each holds the lock of one who writes to that table, from before it draws its first number
 * to its end. `graphs`: the workspaces whose graph it locks, by the key of that lock (lock-graph.ts).
 */
export const listOpenWriters = defineStatement({
  name: 'list_open_writers',
  params: {},
  columns: { writer: 'text', graphs: 'int8[]' },
  text: `
    with held as materialized (
      select l.locktype, l.database, l.relation, l.classid, l.objid, l.objsubid, l.virtualtransaction, l.mode
      from pg_locks l
      where l.granted and l.locktype in ('relation', 'advisory')
        and l.database = (select d.oid from pg_database d where d.datname = current_database())
    )
    select w.virtualtransaction as writer, array(
        select g.objid::int8
        from held g
        where g.locktype = 'advisory' and g.virtualtransaction = w.virtualtransaction
          and g.classid = 1196376898 and g.objsubid = 2
      ) as graphs
    from held w
    where w.locktype = 'relation' and w.relation = to_regclass('events') and w.mode = 'RowExclusiveLock'`,
});
