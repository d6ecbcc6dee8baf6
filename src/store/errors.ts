/**
 * What a failed call to PostgreSQL means to the caller.
 * - `unavailable`: no connection now (refused, timed out, lost, starting up, too many clients, read-only after a fail-over); the same call may work later.
 * - `configuration`: a person has to change a setting or the server (password, database, privileges, certificates).
 * - `constraint`: the schema refused the rows; `constraint` names the rule.
 * - `retryable`: serialization failure, deadlock, lock not available; the transaction can be run again from its start.
 * - `cancelled`: the statement was cancelled or ran over its time.
 */
export type DatabaseErrorKind = 'unavailable' | 'configuration' | 'constraint' | 'retryable' | 'cancelled' | 'other';

export interface ClassifiedError {
  kind: DatabaseErrorKind;
  /** Five characters, when the server answered. */
  sqlstate?: string;
  /** The constraint's name in the schema, without a shard's suffix. */
  constraint?: string;
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const kindOfState: Record<string, DatabaseErrorKind> = {
  '25006': 'unavailable', // read-only transaction: a standby, or a primary that was demoted
  '25P03': 'unavailable', // idle in transaction for too long: the server closed the connection
  '25P04': 'cancelled', // transaction_timeout, from PostgreSQL 17 on
  '26000': 'configuration', // a prepared statement is gone, and
  '42P05': 'configuration', // is there already: a pooler that needs POSTGRES_PREPARED=off
  '3D000': 'configuration',
  '40001': 'retryable',
  '40P01': 'retryable',
  '42501': 'configuration',
  '55P03': 'retryable',
  '57014': 'cancelled',
  '57P04': 'configuration', // the database was dropped under us
};

const kindOfClass: Record<string, DatabaseErrorKind> = {
  '08': 'unavailable',
  '23': 'constraint',
  '28': 'configuration',
  '53': 'unavailable',
  '57': 'unavailable',
};

const unavailableCodes = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOENT', // a Unix socket that nobody made yet
  'ENOTFOUND', // a name that does not resolve yet: usual while containers start
  'EPIPE',
  'ETIMEDOUT',
  'STANDBY', // ours: the login met a server that takes no changes
]);

/** Certificate verification and TLS handshake, as Node and OpenSSL name them. */
const tlsCode =
  /^(?:CERT_|CRL_|DEPTH_ZERO_|ERR_OSSL_|ERR_SSL_|ERR_TLS_|HOSTNAME_|INVALID_|PATH_|SELF_|UNABLE_TO_)|^EPROTO$/;

/** What we found out ourselves before or while connecting. */
export type LocalCode = 'NO_PASSWORD' | 'NO_TLS' | 'STANDBY' | 'STARTUP_PARAMETER' | 'TLS_FILES' | 'UNKNOWN_TO_POOLER';
const localCodes: ReadonlySet<string> = new Set<LocalCode>([
  'NO_PASSWORD',
  'NO_TLS',
  'STARTUP_PARAMETER',
  'TLS_FILES',
  'UNKNOWN_TO_POOLER',
]);

/** The `code` of an error: an SQLSTATE, a Node code, or one of ours; undefined when it has none. */
export function errorCode(error: unknown): string | undefined {
  const { code, message, file } = (error ?? {}) as { code?: unknown; message?: unknown; file?: unknown };
  if (code === internalError && file === remoteCommands) return connectionFailure;
  if (code === protocolViolation || code === '3D000') return codeOfPooler(String(message)) ?? code;
  return typeof code === 'string' ? code : undefined;
}

/**
 * A worker of a Citus that dies under a statement leaves no SQLSTATE. The coordinator then reports an internal error, and only
 * the source file that reports it tells that it came from a worker.
 */
const internalError = 'XX000';
const remoteCommands = 'remote_commands.c';
const connectionFailure = '08006';

/** PgBouncer tells of all that goes wrong at a login with this one code. It has one language, so its words may be read. */
const protocolViolation = '08P01';
const sayingsOfPoolers: readonly [RegExp, string][] = [
  [/^unsupported startup parameter/, 'STARTUP_PARAMETER'],
  [/^no such database/, 'UNKNOWN_TO_POOLER'],
  [/^database ".*" does not exist/, '3D000'],
  [/authentication failed|^no such user/, '28P01'],
];

function codeOfPooler(message: string): string | undefined {
  return sayingsOfPoolers.find(([saying]) => saying.test(message))?.[1];
}

/** `EPIPE` has five capitals too; every SQLSTATE that PostgreSQL uses has a digit. */
export function isSqlstate(code: string | undefined): code is string {
  return code !== undefined && /^(?=.*\d)[0-9A-Z]{5}$/.test(code);
}

export function isTlsCode(code: string | undefined): boolean {
  return code !== undefined && tlsCode.test(code);
}

/**
 * Sorts an error that came out of `pg` by SQLSTATE or Node code, never by its text, which the server translates. (A
 * pooler's own code says nothing, and so does a Citus that has lost a worker: `errorCode`.)
 * It only reads; nothing is thrown.
 */
export function classifyDatabaseError(error: unknown): ClassifiedError {
  const code = errorCode(error);
  if (isSqlstate(code)) {
    const kind = kindOfState[code] ?? kindOfClass[code.slice(0, 2)] ?? 'other';
    const constraint = kind === 'constraint' ? constraintName(error) : undefined;
    return { kind, sqlstate: code, ...(constraint !== undefined && { constraint }) };
  }
  return { kind: kindWithoutState(error, code) };
}

function kindWithoutState(error: unknown, code: string | undefined): DatabaseErrorKind {
  if (code === undefined) return isCodelessDriverError(error) ? 'unavailable' : 'other';
  if (code === 'ABORT_ERR') return 'cancelled';
  if (unavailableCodes.has(code)) return 'unavailable';
  // EACCES and EPERM: a Unix socket that this user may not open
  if (isTlsCode(code) || localCodes.has(code) || code === 'EACCES' || code === 'EPERM') return 'configuration';
  return 'other';
}

/**
 * pg gives a connection that ended (`Connection terminated unexpectedly`) and the timeouts of its pool no code:
 * they are bare `Error`s, which a mistake in code (TypeError, RangeError) and our own errors never are.
 */
function isCodelessDriverError(error: unknown): boolean {
  return error instanceof Error && Object.getPrototypeOf(error) === Error.prototype;
}

/** Citus leaves the field empty for a shard's constraint, and puts the shard's number behind the name. */
function constraintName(error: unknown): string | undefined {
  const { constraint, message } = error as { constraint?: unknown; message?: unknown };
  const name = typeof constraint === 'string' ? constraint : /constraint "([^"]+)"/.exec(String(message))?.[1];
  return name?.replace(/_\d+$/, '');
}
