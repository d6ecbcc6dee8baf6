import { readDeadRows, readOldSnapshots, readServerFacts, type ServerFacts } from '../../store/inspect-server.ts';
import type { Session } from '../../store/session.ts';
import { type Finding, findingsOf } from './finding.ts';

export interface Expectations {
  /** Connections that one server may open. */
  mostConnections: number;
  /** Whether the settings name a host on another machine. */
  isRemote: boolean;
}

const mostSkewMs = 5_000;
const oldSnapshotSeconds = 300;

/** Looks at the PostgreSQL itself: whether it keeps what it acknowledges, and whether it has room for us. */
export async function examineServer(session: Session, expectations: Expectations): Promise<Finding[]> {
  const began = Date.now();
  const facts = await readServerFacts(session);
  const halfWayMs = (began + Date.now()) / 2;
  return [
    ...connectionFindings(facts, expectations, facts.clock_ms - halfWayMs),
    ...durabilityFindings(facts),
    ...(await upkeepFindings(session, facts)),
  ];
}

function connectionFindings(
  facts: ServerFacts,
  { mostConnections, isRemote }: Expectations,
  skewMs: number,
): Finding[] {
  const { findings, ok, warning, error } = findingsOf('server');
  if (facts.version_number < 150_000)
    error(`PostgreSQL ${facts.version} is too old.`, 'Move to PostgreSQL 15 or newer.');
  else ok(`PostgreSQL ${facts.version}`);
  if (facts.is_standby)
    error(
      'The server is a standby, which takes no changes: agents can read, and nothing they do is saved.',
      'Point POSTGRES_HOST to the primary, or let it name all hosts with commas between them.',
    );
  if (facts.tls !== null) ok(`The connection is encrypted (${facts.tls}).`);
  else if (facts.is_socket) ok('The connection is a socket of this machine.');
  else if (!isRemote) ok('The connection stays on this machine, without TLS.');
  else
    warning(
      'The connection is not encrypted: whoever is on the way reads goals and password.',
      'Turn on ssl at the server, and set POSTGRES_SSL_MODE=verify-full.',
    );
  const skewed = `The clocks of this machine and of the server differ by ${Math.round(skewMs / 1000)} s.`;
  if (Math.abs(skewMs) > mostSkewMs)
    warning(`${skewed} Ages and leases look wrong here.`, 'Let both follow a time server (NTP).');
  else ok('The clocks of this machine and of the server agree.');
  const room = facts.max_connections - facts.reserved;
  const used = `${facts.connections} of ${room} connections are in use, and one server of Goal Agent opens up to ${mostConnections}.`;
  if (facts.connections + mostConnections > room) {
    warning(
      `${used} A further server may get none.`,
      'Raise max_connections, lower POSTGRES_POOL_SIZE and POSTGRES_MAX_OVERFLOW, or put a pooler in front.',
    );
  } else ok(used);
  return findings;
}

function durabilityFindings(facts: ServerFacts): Finding[] {
  const { findings, ok, warning, error } = findingsOf('durability');
  const { fsync, full_page_writes, synchronous_commit, replicas, synchronous_replicas } = facts;
  if (fsync !== 'on')
    error(
      'fsync is off: a power loss can destroy the whole database.',
      'Set fsync = on in postgresql.conf and reload.',
    );
  if (full_page_writes !== 'on')
    warning(
      'full_page_writes is off: a power loss can leave half a page.',
      'Set full_page_writes = on, unless the file system writes whole pages.',
    );
  if (synchronous_commit === 'off') {
    error(
      'synchronous_commit is off: a crash loses changes that were acknowledged.',
      'Set synchronous_commit = on for the server, the database and the role.',
    );
  } else if (fsync === 'on') ok('What is acknowledged is on disk (fsync, synchronous_commit).');
  if (replicas === 0) return findings;
  const waits = synchronous_replicas > 0 && synchronous_commit !== 'local' && synchronous_commit !== 'off';
  if (waits)
    ok(`${replicas} replicas, ${synchronous_replicas} of them synchronous: a failover to one of these loses nothing.`);
  else {
    warning(
      `${replicas === 1 ? 'The replica follows' : `${replicas} replicas follow`} later: a failover can lose the last acknowledged changes.`,
      'Name a replica in synchronous_standby_names, if no change may be lost.',
    );
  }
  return findings;
}

async function upkeepFindings(session: Session, { autovacuum }: ServerFacts): Promise<Finding[]> {
  const { findings, ok, warning } = findingsOf('upkeep');
  if (autovacuum === 'on') ok('autovacuum is on.');
  else
    warning(
      'autovacuum is off: tables grow, and calls get slower.',
      'Set autovacuum = on in postgresql.conf and reload.',
    );
  const snapshots = await readOldSnapshots(session, oldSnapshotSeconds);
  for (const { holder, seconds } of snapshots) {
    warning(
      `A transaction is open for ${Math.round(seconds / 60)} minutes and keeps dead rows: ${holder}.`,
      'End it in the program that holds it; idle_in_transaction_session_timeout does so by itself.',
    );
  }
  if (snapshots.length === 0) ok('No transaction is open for long.');
  for (const { table, dead, live, vacuumed_at } of await readDeadRows(session)) {
    warning(
      `The table ${table} has ${dead} dead rows beside ${live} live ones; it was last cleaned ${vacuumed_at === null ? 'never' : `at ${vacuumed_at} UTC`}.`,
      `Run: vacuum analyze ${table}`,
    );
  }
  return findings;
}
