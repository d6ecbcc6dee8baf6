import { defineStatement } from '../statement.ts';
import { isReady } from './sql.ts';

const upTo = (what: string) => `(select count(*) from (select 1 from ${what} limit $2) as x)`;

/**
 * How the work stands, counted up to a bound, and what may slow the server down: the age in seconds of the oldest snapshot
 * that anybody holds in this database, and the last number of the history.
 */
export const measureWorkspace = defineStatement({
  name: 'measure_workspace',
  params: { workspaceId: 'int8', atMost: 'int8' },
  columns: {
    ready: 'int8',
    in_progress: 'int8',
    blocked: 'int8',
    failed: 'int8',
    claims: 'int8',
    leases_run_out: 'int8',
    oldest_snapshot_seconds: 'float8',
    last_event: 'int8',
  },
  text: `
    select ${upTo(`tasks t where t.workspace_id = $1 and ${isReady('t')}`)} as ready,
      ${upTo(`tasks t where t.workspace_id = $1 and t.status = 'in_progress' and not t.parked`)} as in_progress,
      ${upTo(`tasks t where t.workspace_id = $1 and t.status = 'blocked' and not t.parked`)} as blocked,
      ${upTo(`tasks t where t.workspace_id = $1 and t.status = 'failed' and not t.parked`)} as failed,
      ${upTo('claims c where c.workspace_id = $1 and c.expires_at > now()')} as claims,
      ${upTo('claims c where c.workspace_id = $1 and c.expires_at <= now()')} as leases_run_out,
      coalesce((
        select extract(epoch from max(clock_timestamp() - a.xact_start))::float8
        from pg_stat_activity a
        where a.datname = current_database() and a.backend_xmin is not null and a.pid <> pg_backend_pid()
      ), 0) as oldest_snapshot_seconds,
      (select case when h.is_called then h.last_value else 0 end from history_numbers h) as last_event`,
});
