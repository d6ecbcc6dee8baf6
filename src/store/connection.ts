import net from 'node:net';
import pg from 'pg';
import { connectionError, mostTelling, mostTellingHost, noPassword } from './connection-failure.ts';
import { errorCode, isSqlstate } from './errors.ts';
import { eachHost, isSocketDirectory, type ServerConnection } from './server-connection.ts';
import { LocalFailure, type SslMode, standby, tlsOptions } from './tls.ts';

export { describeForOperator, placesOf } from './connection-failure.ts';
export type { ServerConnection } from './server-connection.ts';

type Way = 'plain' | 'tls';

/** libpq's order: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-SSLMODE */
const waysOf: Record<SslMode, readonly Way[]> = {
  disable: ['plain'],
  allow: ['plain', 'tls'],
  prefer: ['tls', 'plain'],
  require: ['tls'],
  'verify-ca': ['tls'],
  'verify-full': ['tls'],
};

export interface Wish {
  /** A standby will do. */
  readOnly?: boolean | undefined;
}

/**
 * Logs in to find out which host takes changes, and which way (with or without TLS), and gives the options for further
 * connections that way. The password is a function in there, so that printing the options does not show it.
 * Throws GoalAgentError `unavailable` or `configuration`; `describeForOperator` tells more than its message.
 */
export async function negotiate(connection: ServerConnection, wish: Wish = {}): Promise<pg.ClientConfig> {
  const failures: unknown[] = [];
  for (const host of eachHost(connection)) {
    const found = await tryHost(host, wish);
    if (found.config) return found.config;
    failures.push(found.error);
  }
  throw connectionError(mostTellingHost(failures));
}

type Found = { config: pg.ClientConfig } | { config?: never; error: unknown };

async function tryHost(connection: ServerConnection, wish: Wish): Promise<Found> {
  const ways = isSocketDirectory(connection.host) ? (['plain'] as const) : waysOf[connection.sslMode];
  const failures: unknown[] = [];
  for (const way of ways) {
    const attempt = await tryWay(connection, way, wish);
    if (attempt.config) return attempt;
    failures.push(attempt.error);
    if (!attempt.otherWayMayHelp) break;
  }
  return { error: mostTelling(failures) };
}

type Attempt = { config: pg.ClientConfig } | { config?: never; error: unknown; otherWayMayHelp: boolean };

async function tryWay(connection: ServerConnection, way: Way, wish: Wish): Promise<Attempt> {
  try {
    const config = clientConfig(connection, way);
    const { error, tlsAnswer } = await probe(config, wish);
    if (error === undefined) return { config };
    if (tlsAnswer === 'N') return { error: new LocalFailure('NO_TLS', 'the server has no TLS'), otherWayMayHelp: true };
    return { error, otherWayMayHelp: otherWayMayHelp(error, tlsAnswer !== undefined) };
  } catch (error) {
    return { error, otherWayMayHelp: false };
  }
}

/**
 * libpq tries the other way after any error at the login. We do so only when pg_hba.conf turned this way down (28000) or
 * the TLS handshake failed: after a wrong password the second answer would hide the first, and after "too many clients"
 * it could leave a connection without TLS that the server would have taken with it a second later.
 */
function otherWayMayHelp(error: unknown, tlsBegun: boolean): boolean {
  const code = errorCode(error);
  if (isSqlstate(code)) return code === '28000';
  return tlsBegun && code !== 'ETIMEDOUT' && code !== 'NO_PASSWORD' && code !== 'STANDBY';
}

function clientConfig(connection: ServerConnection, way: Way): pg.ClientConfig {
  return {
    host: connection.host,
    port: connection.port,
    database: connection.database,
    user: connection.user,
    // as a function it also keeps pg from PGPASSWORD and ~/.pgpass
    password: () => connection.password ?? noPassword(),
    // both always said, or pg would read PGSSLMODE and PGSSLNEGOTIATION
    ssl: way === 'tls' && tlsOptions(connection),
    sslnegotiation: 'postgres',
    application_name: connection.applicationName ?? 'goal-agent',
    connectionTimeoutMillis: connection.connectTimeoutMs ?? 10_000,
    keepAlive: true,
    ...(connection.options !== undefined && { options: connection.options }),
    ...(connection.channelBinding && way === 'tls' && { enableChannelBinding: true }),
  };
}

/** `tlsAnswer` is the server's first byte after a request for TLS: `S` (yes), `N` (no), or another. */
interface ProbeResult {
  error?: unknown;
  tlsAnswer?: string;
}

async function probe(config: pg.ClientConfig, { readOnly }: Wish): Promise<ProbeResult> {
  const socket = new net.Socket();
  const result: ProbeResult = {};
  // pg reports a server without TLS, and its own timeout, in words only; so both are watched here
  if (config.ssl) socket.once('data', (bytes: Buffer) => (result.tlsAnswer = bytes.toString('latin1', 0, 1)));
  const timer = destroyLater(socket, config.connectionTimeoutMillis);
  const client = new pg.Client({ ...config, connectionTimeoutMillis: 0, stream: () => socket });
  client.on('error', () => {}); // what comes after the first error adds nothing
  try {
    await client.connect();
    if (!readOnly) await refuseStandby(client);
    await client.end();
  } catch (error) {
    result.error = error;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  return result;
}

async function refuseStandby(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ is: boolean }>('select pg_is_in_recovery() as is');
  if (rows[0]?.is) throw standby();
}

function destroyLater(socket: net.Socket, milliseconds = 0): NodeJS.Timeout | undefined {
  if (milliseconds === 0) return undefined;
  const late = Object.assign(new Error(`no answer within ${milliseconds} ms`), { code: 'ETIMEDOUT' });
  return setTimeout(() => socket.destroy(late), milliseconds);
}
