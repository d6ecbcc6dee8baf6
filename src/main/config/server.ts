import type { ServerConnection } from '../../store/connection.ts';
import type { DatabaseUrl } from './database-url.ts';
import { parseFrom } from './parse.ts';
import { absolutePath } from './paths.ts';
import type { Place, Used } from './place.ts';
import { databaseParts, databaseTls, databaseUrls } from './variables.ts';

export type DatabaseUrlName = keyof typeof databaseUrls.shape;

const tlsPartOf = {
  POSTGRES_SSL_MODE: 'sslMode',
  POSTGRES_SSL_ROOT_CERT: 'sslRootCert',
  POSTGRES_SSL_CERT: 'sslCert',
  POSTGRES_SSL_KEY: 'sslKey',
} as const;

/** The variables that set a part of a server. */
export const serverNames = [databaseParts, databaseTls].flatMap(({ shape }) => Object.keys(shape));

export interface ReadServer {
  connection: ServerConnection;
  used: Used[];
  problems: string[];
  notices: string[];
}

/**
 * Reads a server from one place: from its URL, otherwise from POSTGRES_HOST …; POSTGRES_SSL_* add the TLS settings that
 * a URL leaves out.
 */
export function readServer(place: Place, url: DatabaseUrlName | undefined, cwd: string): ReadServer {
  const { parts, used, problems } = url === undefined ? readParts(place) : readUrl(place, url);
  const tls = parseFrom(databaseTls, [place]);
  const connection = complete(parts, tls.values, cwd);
  return {
    connection,
    used: [...used, ...tls.used.filter(({ name }) => parts[tlsPartOf[name as keyof typeof tlsPartOf]] === undefined)],
    problems: [...problems, ...tls.problems, ...portProblems(url, parts), ...sslProblems(connection)],
    notices:
      parts.channelBinding === 'require'
        ? [`${url}: channel_binding=require is taken as prefer: used where the server offers it.`]
        : [],
  };
}

interface Main {
  parts: DatabaseUrl;
  used: Used[];
  problems: string[];
}

function readUrl(place: Place, url: DatabaseUrlName): Main {
  const schema =
    url === 'DATABASE_URL' ? databaseUrls.pick({ DATABASE_URL: true }) : databaseUrls.omit({ DATABASE_URL: true });
  const { values, used, problems } = parseFrom(schema, [place]);
  return { parts: Object.values(values)[0] ?? {}, used, problems };
}

function readParts(place: Place): Main {
  const { values, used, problems } = parseFrom(databaseParts, [place]);
  const { POSTGRES_HOST, POSTGRES_PORT, POSTGRES_DB, POSTGRES_USER, POSTGRES_PASSWORD } = values;
  const parts = {
    hosts: POSTGRES_HOST,
    ports: POSTGRES_PORT,
    database: POSTGRES_DB,
    user: POSTGRES_USER,
    password: POSTGRES_PASSWORD,
  };
  return { parts, used, problems };
}

function complete(parts: DatabaseUrl, tls: ReturnType<typeof databaseTls.parse>, cwd: string): ServerConnection {
  const sslRootCert = parts.sslRootCert ?? tls.POSTGRES_SSL_ROOT_CERT;
  // libpq: `system` without a mode means verify-full
  const sslMode = parts.sslMode ?? tls.POSTGRES_SSL_MODE ?? (sslRootCert === 'system' ? 'verify-full' : 'prefer');
  return {
    ...addresses(parts),
    database: parts.database ?? 'mcp_goals',
    user: parts.user ?? 'postgres',
    password: parts.password,
    sslMode,
    sslRootCert: sslRootCert === 'system' ? sslRootCert : fileAt(sslRootCert, cwd),
    sslCert: fileAt(parts.sslCert ?? tls.POSTGRES_SSL_CERT, cwd),
    sslKey: fileAt(parts.sslKey ?? tls.POSTGRES_SSL_KEY, cwd),
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

function portProblems(url: DatabaseUrlName | undefined, { hosts = [], ports = [] }: DatabaseUrl): string[] {
  if (ports.length <= 1 || ports.length === hosts.length) return [];
  const which = url === undefined ? 'POSTGRES_PORT is' : `${url} is a URL with port`;
  return [`${which} "${ports.join(',')}"; allowed: one port, or one for each host`];
}

function fileAt(file: string | undefined, cwd: string): string | undefined {
  return file === undefined ? undefined : absolutePath(file, cwd);
}

function sslProblems({ sslMode, sslRootCert, sslCert, sslKey }: ServerConnection): string[] {
  const problems: string[] = [];
  // libpq: anybody can get a certificate from a public authority; without the name it therefore proves nothing
  if (sslRootCert === 'system' && sslMode !== 'verify-full') {
    problems.push(`POSTGRES_SSL_MODE is "${sslMode}"; allowed with POSTGRES_SSL_ROOT_CERT=system: verify-full`);
  }
  if (sslKey !== undefined && sslCert === undefined) {
    problems.push(`POSTGRES_SSL_KEY is "${sslKey}"; allowed: only together with POSTGRES_SSL_CERT`);
  }
  return problems;
}
