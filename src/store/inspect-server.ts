import type { Session } from './session.ts';

/** What a PostgreSQL says of itself that matters to the store. */
export interface ServerFacts {
  version: string;
  version_number: number;
  /** The protocol of the TLS in use; null without TLS. */
  tls: string | null;
  is_socket: boolean;
  /** A standby, which takes no changes. */
  is_standby: boolean;
  /** Milliseconds since 1970, by the server's clock. */
  clock_ms: number;
  fsync: string;
  full_page_writes: string;
  synchronous_commit: string;
  synchronous_standby_names: string;
  autovacuum: string;
  max_connections: number;
  reserved: number;
  connections: number;
  replicas: number;
  synchronous_replicas: number;
}

export interface OldSnapshot {
  holder: string;
  seconds: number;
}

export interface DeadRows {
  table: string;
  dead: number;
  live: number;
  vacuumed_at: string | null;
}

export async function readServerFacts(session: Session): Promise<ServerFacts> {
  const { rows } = await session.query<ServerFacts>(`
    select
      current_setting('server_version') as version,
      current_setting('server_version_num')::int4 as version_number,
      (select s.version from pg_stat_ssl s where s.pid = pg_backend_pid() and s.ssl) as tls,
      inet_server_addr() is null as is_socket,
      pg_is_in_recovery() as is_standby,
      (extract(epoch from clock_timestamp()) * 1000)::float8 as clock_ms,
      current_setting('fsync') as fsync,
      current_setting('full_page_writes') as full_page_writes,
      current_setting('synchronous_commit') as synchronous_commit,
      current_setting('synchronous_standby_names') as synchronous_standby_names,
      current_setting('autovacuum') as autovacuum,
      current_setting('max_connections')::int4 as max_connections,
      current_setting('superuser_reserved_connections')::int4 as reserved,
      (select count(*)::int4 from pg_stat_activity where backend_type = 'client backend') as connections,
      (select count(*)::int4 from pg_stat_replication) as replicas,
      (select count(*)::int4 from pg_stat_replication where sync_state in ('sync', 'quorum')) as synchronous_replicas`);
  const [facts] = rows;
  if (facts === undefined) throw new Error('the server says nothing of itself');
  return facts;
}

/** The oldest snapshots that keep dead rows from being removed, by who holds them; no statement's text, which may hold a secret. */
export async function readOldSnapshots(session: Session, seconds: number): Promise<OldSnapshot[]> {
  const { rows } = await session.query<OldSnapshot>(
    `select *
    from (
      select
        format('process %s, user %s, program %s, %s', pid, usename, coalesce(nullif(application_name, ''), 'unknown'), state) as holder,
        extract(epoch from clock_timestamp() - xact_start)::int4 as seconds
      from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
      union all
      select format('the prepared transaction %s of %s', gid, owner), extract(epoch from clock_timestamp() - prepared)::int4
      from pg_prepared_xacts
      where database = current_database()
    ) held
    where seconds >= $1
    order by seconds desc
    limit 5`,
    [seconds],
  );
  return rows;
}

export async function readDeadRows(session: Session): Promise<DeadRows[]> {
  const { rows } = await session.query<DeadRows>(`
    select
      relname as table,
      n_dead_tup::float8 as dead,
      n_live_tup::float8 as live,
      to_char(greatest(last_vacuum, last_autovacuum) at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as vacuumed_at
    from pg_stat_user_tables
    where schemaname = current_schema() and n_dead_tup > 10000 and n_dead_tup > n_live_tup
    order by n_dead_tup desc
    limit 5`);
  return rows;
}

/** What this user lacks of the rights that a server needs, as PostgreSQL names them. Of tables that are not there: nothing. */
export async function readMissingRights(session: Session): Promise<string[]> {
  const { rows } = await session.query<{ lacking: string }>(
    `select format('%s on the table %I', wanted, tablename) as lacking
    from pg_tables, unnest(array['select', 'insert', 'update', 'delete']) as wanted
    where schemaname = $1
      and tablename in ('workspaces', 'goals', 'tasks', 'task_dependencies', 'notes', 'operations', 'events', 'claims')
      and not has_table_privilege(format('%I.%I', schemaname, tablename), wanted)
    order by tablename, wanted`,
    [session.schema],
  );
  return rows.map(({ lacking }) => lacking);
}

export async function mayCreateTables(session: Session): Promise<boolean> {
  const { rows } = await session.query<{ may: boolean | null }>(`select has_schema_privilege($1, 'create') as may`, [
    session.schema,
  ]);
  return rows[0]?.may === true;
}
