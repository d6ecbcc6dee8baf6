/*
 * Given on the command line at each start, so that they hold for directories that an older Goal Agent made.
 * fsync, full_page_writes and autovacuum keep their defaults: on.
 */
const SETTINGS: Record<string, string> = {
  cluster_name: 'goal-agent',
  // a client keeps up to 30 connections under load, and a laptop has few clients
  max_connections: '200',
  // a laptop's store is small, and what does not fit is in the operating system's cache
  shared_buffers: '48MB',
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  // nobody replicates a private server: less is written ahead, and no launcher process waits
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  // short statements gain nothing from either, and parallel workers need /dev/shm, 64 MB in a container
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // the log is small: a client gets its own errors and need not leave users' text in a file; failures of the server itself stay.
  // %e is the SQLSTATE by which start.ts tells failures apart; no blanks, so that pg_ctl on Windows needs no quotes
  logging_collector: 'off',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_line_prefix: '%m|%p|%e|',
};

/** The `-c name=value` arguments for a server of this major version. */
export function settingArguments(major: number, more: Record<string, string>): string[] {
  // 18 starts three processes for reading ahead, which a database that fits in memory has no use for
  const io: Record<string, string> = major >= 18 ? { io_method: 'sync' } : {};
  return Object.entries({ ...SETTINGS, ...io, ...more }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
