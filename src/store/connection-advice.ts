import { classifyDatabaseError, errorCode, isTlsCode } from './errors.ts';
import { isSocketDirectory, type ServerConnection } from './server-connection.ts';

/** `agent` is the whole message for an agent; `operator` is what a person at this machine does about it. */
export interface Advice {
  agent: string;
  operator: (connection: ServerConnection) => string;
}

const settings = 'POSTGRES_HOST and POSTGRES_PORT (or GOAL_AGENT_DATABASE_URL)';
const tellAPerson = 'A person has to change this; the log of Goal Agent says more.';

const advice = {
  refused: {
    agent:
      'The database is not running, or not where the settings say. Try again in a moment; if it stays so, a person has to look.',
    operator: () => `Nothing accepts connections there. Start PostgreSQL, or correct ${settings}.`,
  },
  unreachable: {
    agent: 'The database cannot be reached. Try again in a moment; if it stays so, a person has to look.',
    operator: () => `The host does not answer. Check the network, a firewall, and ${settings}.`,
  },
  unknownHost: {
    agent:
      "The name of the database's host is not known here. Try again in a moment; if it stays so, a person has to correct POSTGRES_HOST.",
    operator: () =>
      'This host name does not resolve. Correct POSTGRES_HOST (or GOAL_AGENT_DATABASE_URL), or the name service.',
  },
  starting: {
    agent: 'The database is starting or stopping. Try again in a few seconds.',
    operator: () => 'The server is starting up, shutting down or recovering. Wait; its own log says how far it is.',
  },
  tooManyClients: {
    agent: 'The database has no free connection. Try again in a moment.',
    operator: () =>
      "All connections are taken. Raise the server's max_connections, or lower POSTGRES_POOL_SIZE and POSTGRES_MAX_OVERFLOW.",
  },
  socketNotAllowed: {
    agent: `This user may not open the database's socket. ${tellAPerson}`,
    operator: () =>
      'The socket is not open to this operating system user. Change its permissions, or connect over TCP with POSTGRES_HOST.',
  },
  wrongPassword: {
    agent: `The database refused the user name or the password (POSTGRES_USER, POSTGRES_PASSWORD or GOAL_AGENT_DATABASE_URL). ${tellAPerson}`,
    operator: (c) =>
      `User name or password is wrong. Correct POSTGRES_PASSWORD (or GOAL_AGENT_DATABASE_URL). Try it: ${command('psql', c)}`,
  },
  noPassword: {
    agent: `The database asks for a password and none is set (POSTGRES_PASSWORD or GOAL_AGENT_DATABASE_URL). ${tellAPerson}`,
    operator: () =>
      'The server asks for a password and none is set. Set POSTGRES_PASSWORD, or put it into GOAL_AGENT_DATABASE_URL.',
  },
  noDatabase: {
    agent: `The database that the settings name does not exist (POSTGRES_DB or GOAL_AGENT_DATABASE_URL). ${tellAPerson}`,
    operator: (c) => `There is no such database. Create it: ${command('createdb', c)}`,
  },
  unknownToPooler: {
    agent: `The pooler in front of the database does not know the database that the settings name (POSTGRES_DB or GOAL_AGENT_DATABASE_URL). ${tellAPerson}`,
    operator: ({ database }) =>
      `A pooler stands between and does not know this database. Add ${database} to its list ([databases] in pgbouncer.ini) and reload it, or correct POSTGRES_DB. Nothing was changed.`,
  },
  startupParameter: {
    agent: `The pooler in front of the database refuses a setting of the connection (options in GOAL_AGENT_DATABASE_URL). ${tellAPerson}`,
    operator: () =>
      'A pooler stands between and refuses this parameter. Take it out of GOAL_AGENT_DATABASE_URL and set it for the role (alter role USER set search_path = NAME), or list it in ignore_startup_parameters of pgbouncer.ini, which drops it.',
  },
  loginRefused: {
    agent: `The database does not allow this login (POSTGRES_USER, POSTGRES_DB, POSTGRES_SSL_MODE or GOAL_AGENT_DATABASE_URL). ${tellAPerson}`,
    operator: (c) =>
      `${c.sslMode === 'disable' && !isSocketDirectory(c.host) ? 'POSTGRES_SSL_MODE=disable connects without TLS, and the server may demand it: set POSTGRES_SSL_MODE=require. Otherwise check' : 'Check'} that the user exists and that pg_hba.conf allows it for this database from this machine, with or without TLS as POSTGRES_SSL_MODE=${c.sslMode} asks.`,
  },
  noTls: {
    agent: `The database has no TLS, and POSTGRES_SSL_MODE demands it. ${tellAPerson}`,
    operator: (c) =>
      `POSTGRES_SSL_MODE=${c.sslMode} demands TLS and the server has none. Turn on ssl there, or set POSTGRES_SSL_MODE=prefer on a network you trust.`,
  },
  wrongName: {
    agent: `The database's certificate is for another host name (POSTGRES_HOST, POSTGRES_SSL_MODE=verify-full). ${tellAPerson}`,
    operator: () =>
      'The certificate does not name this host. Use in POSTGRES_HOST a name that it has, give the server a certificate for this one, or set POSTGRES_SSL_MODE=verify-ca.',
  },
  untrusted: {
    agent: `The database's certificate is not trusted (POSTGRES_SSL_ROOT_CERT). ${tellAPerson}`,
    operator: () =>
      "The certificate is not signed by a trusted authority, or is out of date. Let POSTGRES_SSL_ROOT_CERT name the file of the server's authority, or `system` for the public ones.",
  },
  tlsFailed: {
    agent: `The encrypted connection to the database failed (POSTGRES_SSL_MODE). ${tellAPerson}`,
    operator: () =>
      'The TLS handshake failed: check the TLS versions and, where the server asks for one, POSTGRES_SSL_CERT and POSTGRES_SSL_KEY.',
  },
  tlsFiles: {
    agent: `The certificate files for the database cannot be used (POSTGRES_SSL_ROOT_CERT, POSTGRES_SSL_CERT, POSTGRES_SSL_KEY). ${tellAPerson}`,
    operator: () =>
      'Set POSTGRES_SSL_ROOT_CERT to a PEM file, or with verify-full to `system` for the public authorities; POSTGRES_SSL_CERT and POSTGRES_SSL_KEY belong together.',
  },
  readOnly: {
    agent:
      'The database takes no changes now: it is a standby. Try again in a moment; if it stays so, a person has to look.',
    operator: () =>
      `The server allows reading only. After a fail-over, point ${settings} to the primary, or let POSTGRES_HOST name all hosts, with commas between them. GOAL_AGENT_READ_ONLY=true reads from a standby.`,
  },
  noSpace: {
    agent: 'The disk of the database is full, so nothing can be saved. A person has to make room; then try again.',
    operator: () => "The server's disk is full. Make room there; nothing that was confirmed is lost.",
  },
  noRight: {
    agent: `The database user lacks a right that is needed (POSTGRES_USER or GOAL_AGENT_DATABASE_URL). ${tellAPerson}`,
    operator: (c) => `Grant the right to the user ${c.user}, or connect as the owner of the tables.`,
  },
  noPreparedStatements: {
    agent: `The database is behind a pooler that loses prepared statements (POSTGRES_PREPARED). ${tellAPerson}`,
    operator: () =>
      'A pooler in transaction mode stands between. Set POSTGRES_PREPARED=off, or use PgBouncer 1.21 or later.',
  },
  otherUnavailable: {
    agent: 'The database closed the connection. Try again in a moment; if it stays so, a person has to look.',
    operator: () => "The server's own log says why.",
  },
  otherConfiguration: {
    agent: `The database does not accept the connection. ${tellAPerson}`,
    operator: () => `Check the settings of the connection, and the server's own log.`,
  },
} satisfies Record<string, Advice>;

const reasonOfCode: Record<string, keyof typeof advice> = {
  ECONNREFUSED: 'refused',
  ENOENT: 'refused',
  ETIMEDOUT: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  ENOTFOUND: 'unknownHost',
  EAI_AGAIN: 'unknownHost',
  EACCES: 'socketNotAllowed',
  EPERM: 'socketNotAllowed',
  '57P01': 'starting',
  '57P02': 'starting',
  '57P03': 'starting',
  '53300': 'tooManyClients',
  '53100': 'noSpace',
  '25006': 'readOnly',
  STANDBY: 'readOnly',
  '26000': 'noPreparedStatements',
  '42P05': 'noPreparedStatements',
  '42501': 'noRight',
  '28P01': 'wrongPassword',
  NO_PASSWORD: 'noPassword',
  '3D000': 'noDatabase',
  '28000': 'loginRefused',
  UNKNOWN_TO_POOLER: 'unknownToPooler',
  STARTUP_PARAMETER: 'startupParameter',
  NO_TLS: 'noTls',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrongName',
  TLS_FILES: 'tlsFiles',
};

/** What to say of an error of `pg`, of Node or of ours, by its code. */
export function adviceFor(cause: unknown): Advice {
  const code = errorCode(cause) ?? '';
  const reason = reasonOfCode[code];
  if (reason !== undefined) return advice[reason];
  if (isTlsCode(code)) return /^(?:ERR_|EPROTO)/.test(code) ? advice.tlsFailed : advice.untrusted;
  return classifyDatabaseError(cause).kind === 'unavailable' ? advice.otherUnavailable : advice.otherConfiguration;
}

function command(program: 'psql' | 'createdb', { host, port, user, database }: ServerConnection): string {
  const dbname = program === 'psql' ? ['-d', database] : [database];
  return [program, '-h', host, '-p', String(port), '-U', user, ...dbname].map(shellWord).join(' ');
}

function shellWord(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
