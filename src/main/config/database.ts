import type { ServerConnection } from '../../store/connection.ts';
import type { DatabaseUrl } from './database-url.ts';
import { absolutePath } from './paths.ts';
import type { Variables } from './variables.ts';

export type DatabaseConfig = { kind: 'embedded' } | { kind: 'server'; connection: ServerConnection };

/** What a part of the settings becomes, with what is to be said of it: `problems` stop the start, `warnings` do not. */
export interface Chosen<T> {
  value: T;
  problems: string[];
  warnings: string[];
}

/** Each POSTGRES_* variable and the part of a connection that it sets. */
const partOf = {
  POSTGRES_HOST: 'hosts',
  POSTGRES_PORT: 'ports',
  POSTGRES_DB: 'database',
  POSTGRES_USER: 'user',
  POSTGRES_PASSWORD: 'password',
} as const;
const sslPartOf = {
  POSTGRES_SSL_MODE: 'sslMode',
  POSTGRES_SSL_ROOT_CERT: 'sslRootCert',
  POSTGRES_SSL_CERT: 'sslCert',
  POSTGRES_SSL_KEY: 'sslKey',
} as const;

/** The variables that mean "a server", rather than the embedded database. */
export const serverVariables = Object.keys(partOf) as (keyof typeof partOf)[];

/** DATABASE_URL wins as a whole over POSTGRES_HOST … _PASSWORD; POSTGRES_SSL_* fill in what it does not say. */
export function chooseDatabase(variables: Variables, cwd: string): Chosen<DatabaseConfig> {
  const url = variables.DATABASE_URL;
  const parts: DatabaseUrl | undefined =
    url ?? (serverVariables.some((name) => variables[name] !== undefined) ? fromVariables(variables) : undefined);
  if (parts === undefined) {
    const unused = setNames(variables, sslPartOf);
    const warnings = unused.length
      ? [`${unused.join(', ')} not used: the embedded database takes no network connections.`]
      : [];
    return { value: { kind: 'embedded' }, problems: [], warnings };
  }
  const connection = complete(parts, variables, cwd);
  const warnings = url ? disagreements(variables, connection, cwd) : [];
  if (parts.channelBinding === 'require') {
    warnings.push('DATABASE_URL: channel_binding=require is taken as prefer: used where the server offers it.');
  }
  return {
    value: { kind: 'server', connection },
    problems: [...portProblems(parts), ...sslProblems(connection)],
    warnings,
  };
}

function fromVariables(variables: Variables): DatabaseUrl {
  return Object.fromEntries(
    Object.entries(partOf).map(([name, part]) => [part, variables[name as keyof typeof partOf]]),
  );
}

function complete(parts: DatabaseUrl, variables: Variables, cwd: string): ServerConnection {
  const sslRootCert = parts.sslRootCert ?? variables.POSTGRES_SSL_ROOT_CERT;
  // libpq: `system` without a mode means verify-full
  const sslMode = parts.sslMode ?? variables.POSTGRES_SSL_MODE ?? (sslRootCert === 'system' ? 'verify-full' : 'prefer');
  return {
    ...addresses(parts),
    database: parts.database ?? 'mcp_goals',
    user: parts.user ?? 'postgres',
    password: parts.password,
    sslMode,
    sslRootCert: sslRootCert === 'system' ? sslRootCert : filePath(sslRootCert, cwd),
    sslCert: filePath(parts.sslCert ?? variables.POSTGRES_SSL_CERT, cwd),
    sslKey: filePath(parts.sslKey ?? variables.POSTGRES_SSL_KEY, cwd),
    applicationName: parts.applicationName,
    options: parts.options,
    connectTimeoutMs: parts.connectTimeoutMs,
    channelBinding: parts.channelBinding !== undefined && parts.channelBinding !== 'disable',
  };
}

/** The first host, and the others if there are any. */
function addresses({ hosts = [], ports = [] }: DatabaseUrl): Pick<ServerConnection, 'host' | 'port' | 'otherHosts'> {
  const [first, ...others] = (hosts.length > 0 ? hosts : ['']).map((host, n) => ({
    host: host || 'localhost',
    port: ports[n] ?? ports[0] ?? 5432,
  }));
  return { host: 'localhost', port: 5432, ...first, ...(others.length > 0 && { otherHosts: others }) };
}

function portProblems({ hosts = [], ports = [] }: DatabaseUrl): string[] {
  const fits = ports.length <= 1 || ports.length === hosts.length;
  return fits ? [] : [`POSTGRES_PORT is "${ports.join(',')}"; allowed: one port, or one for each host`];
}

function filePath(file: string | undefined, cwd: string): string | undefined {
  return file === undefined ? undefined : absolutePath(file, cwd);
}

function sslProblems({ sslMode, sslRootCert, sslCert, sslKey }: ServerConnection): string[] {
  const problems: string[] = [];
  // libpq: anybody can get a certificate from a public authority, so without the name it proves nothing
  if (sslRootCert === 'system' && sslMode !== 'verify-full') {
    problems.push(`POSTGRES_SSL_MODE is "${sslMode}"; allowed with POSTGRES_SSL_ROOT_CERT=system: verify-full`);
  }
  if (sslKey !== undefined && sslCert === undefined) {
    problems.push(`POSTGRES_SSL_KEY is "${sslKey}"; allowed: only together with POSTGRES_SSL_CERT`);
  }
  return problems;
}

/** Names only: a value may be a password. */
function disagreements(variables: Variables, connection: ServerConnection, cwd: string): string[] {
  const used = { ...connection, ...addressesOf(connection) };
  const differ = Object.entries({ ...partOf, ...sslPartOf }).filter(([name, part]) => {
    const said = variables[name as keyof Variables];
    const isFile = ['sslRootCert', 'sslCert', 'sslKey'].includes(part) && said !== 'system';
    return said !== undefined && String(isFile ? filePath(String(said), cwd) : said) !== String(used[part]);
  });
  const names = differ.map(([name]) => name).join(', ');
  return names ? [`DATABASE_URL is used; these differ from it and are ignored: ${names}.`] : [];
}

/** As the settings say them: one port, where it is that of all hosts. */
function addressesOf({ host, port, otherHosts = [] }: ServerConnection): { hosts: string[]; ports: number[] } {
  const all = [{ host, port }, ...otherHosts];
  const ports = all.map((each) => each.port);
  return { hosts: all.map((each) => each.host), ports: new Set(ports).size === 1 ? [port] : ports };
}

function setNames(variables: Variables, names: Record<string, string>): string[] {
  return Object.keys(names).filter((name) => variables[name as keyof Variables] !== undefined);
}
