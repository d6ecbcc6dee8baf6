import { type SslMode, sslModes } from '../../store/tls.ts';
import { type Reading, readHosts, readPath } from './setting.ts';
import { mayHoldPassword, schemeOf } from './shown.ts';

/** The parts that a URL has, without defaults. */
export interface DatabaseUrl {
  hosts?: string[] | undefined;
  /** One for all hosts, or one for each. */
  ports?: number[] | undefined;
  database?: string | undefined;
  user?: string | undefined;
  password?: string | undefined;
  sslMode?: SslMode | undefined;
  sslRootCert?: string | undefined;
  sslCert?: string | undefined;
  sslKey?: string | undefined;
  applicationName?: string | undefined;
  options?: string | undefined;
  connectTimeoutMs?: number | undefined;
  channelBinding?: 'disable' | 'prefer' | 'require' | undefined;
  /** Accepted and not used: Goal Agent always looks for the host that takes changes. */
  target?: string | undefined;
}

// libpq's grammar, https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS. Not WHATWG's URL,
// which refuses `postgres://user@/db?host=/run/postgresql`, where the host is empty.
const form =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>(?:\[[^\]@]*\]|[^:/?@,[\]]*)(?::\d*)?(?:,(?:\[[^\]@]*\]|[^:/?@,[\]]*)(?::\d*)?)*)(?:\/(?<database>[^?@]*))?(?:\?(?<query>.*))?$/;
const allowed =
  'postgres://user:password@host:5432/database?sslmode=prefer, with commas between hosts, and special characters percent-encoded (@ is %40, / is %2F, % is %25)';

const otherDatabase =
  'postgres://… or postgresql://…: only PostgreSQL is supported, and without this variable Goal Agent runs its own. To ask for another database, open an issue in the repository of Goal Agent';

const parameters = {
  host: 'hosts',
  port: 'ports',
  user: 'user',
  password: 'password',
  dbname: 'database',
  sslmode: 'sslMode',
  sslrootcert: 'sslRootCert',
  sslcert: 'sslCert',
  sslkey: 'sslKey',
  application_name: 'applicationName',
  options: 'options',
  connect_timeout: 'connectTimeoutMs',
  channel_binding: 'channelBinding',
  target_session_attrs: 'target',
} as const;

/** Reads a `postgres://` or `postgresql://` URL. No part of a password is in the answer when it is refused. */
export function parseDatabaseUrl(url: string): Reading<DatabaseUrl> {
  const groups = form.exec(url)?.groups;
  const scheme = schemeOf(url) || (/^(?:file|sqlite):/i.exec(url)?.[0] ?? '');
  const shown = JSON.stringify(`${scheme}***`);
  if (scheme !== '' && !/^postgres(?:ql)?:/i.test(scheme)) return { allowed: otherDatabase, shown };
  try {
    if (!groups) return { allowed, shown };
    const { user, password, database } = groups;
    const parts = new Map(Object.entries({ user, password, ...readAddresses(groups.hosts ?? ''), dbname: database }));
    for (const pair of (groups.query ?? '').split('&').filter(Boolean)) {
      const [key = '', ...value] = pair.split('=');
      parts.set(decodeURIComponent(key), value.join('='));
    }
    return readParts(parts);
  } catch {
    return { allowed, shown }; // a lone % somewhere
  }
}

/** The lists in the form of the parameters `host` and `port`. A host without a port has the default port. */
function readAddresses(list: string): { host: string; port: string | undefined } {
  const addresses = list.split(',').map((address) => /^\[?(.*?)\]?(?::(\d*))?$/.exec(address) ?? []);
  const hasPorts = addresses.some(([, , port]) => port);
  return {
    host: addresses.map(([, host]) => host).join(','),
    port: hasPorts ? addresses.map(([, , port]) => port || '5432').join(',') : undefined,
  };
}

function readParts(parts: Map<string, string | undefined>): Reading<DatabaseUrl> {
  const url: Record<string, Part> = {};
  for (const [key, encoded] of parts) {
    if (encoded === undefined || encoded === '') continue;
    const text = decodeURIComponent(encoded);
    const known = Object.hasOwn(parameters, key) ? parameters[key as keyof typeof parameters] : undefined;
    if (known === undefined)
      return { shown: `a URL with ${JSON.stringify(key)}`, allowed: Object.keys(parameters).join(', ') };
    const value = readPart(known, text);
    if (typeof value === 'object' && 'allowed' in value) {
      const part = value.isSecret ? '"***"' : JSON.stringify(text);
      return { shown: `a URL with ${key} ${part}`, allowed: value.allowed };
    }
    url[known] = value;
  }
  return { value: url as DatabaseUrl };
}

type Part = string | number | string[] | number[];

interface NotAllowed {
  allowed: string;
  isSecret?: boolean;
}

function orNotAllowed<T extends Part>(reading: Reading<T>): T | NotAllowed {
  return 'value' in reading ? reading.value : { allowed: reading.allowed, isSecret: reading.shown !== undefined };
}

function readPart(part: keyof DatabaseUrl, text: string): Part | NotAllowed {
  switch (part) {
    case 'hosts':
      return orNotAllowed(readHosts(text));
    case 'ports':
      return readPorts(text) ?? { allowed: 'a whole number from 1 to 65535' };
    case 'connectTimeoutMs': {
      const seconds = inRange(text, 0, 86_400);
      return seconds === undefined ? { allowed: 'whole seconds from 0 to 86400' } : seconds * 1000;
    }
    case 'sslRootCert':
    case 'sslCert':
    case 'sslKey':
      return orNotAllowed(readPath(text));
    case 'database':
    case 'user':
      return mayHoldPassword(text) ? { allowed: 'a name', isSecret: true } : text;
    case 'sslMode':
      return (sslModes as readonly string[]).includes(text) ? text : { allowed: sslModes.join(', ') };
    case 'target':
      return ['any', 'primary', 'read-write'].includes(text) ? text : { allowed: 'any, primary, read-write' };
    case 'channelBinding':
      return ['disable', 'prefer', 'require'].includes(text) ? text : { allowed: 'disable, prefer, require' };
    default:
      return text;
  }
}

/** Numbers of ports with commas between them. */
export function readPorts(text: string): number[] | undefined {
  const ports = text.split(',').map((port) => inRange(port.trim(), 1, 65_535));
  return ports.includes(undefined) ? undefined : (ports as number[]);
}

function inRange(text: string, least: number, most: number): number | undefined {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}
