import type { TlsSettings } from './tls.ts';

/** A name, an IP address, or the directory of a Unix socket, which starts with `/`; and the port. */
export interface Address {
  host: string;
  port: number;
}

/** A PostgreSQL server and how to log in there. */
export interface ServerConnection extends TlsSettings, Address {
  /** More hosts of the same data: whichever takes changes is used. */
  otherHosts?: readonly Address[] | undefined;
  database: string;
  user: string;
  password?: string | undefined;
  /** What `pg_stat_activity` shows; `goal-agent` when left out. */
  applicationName?: string | undefined;
  /** Server settings in the form of libpq's `options`: `-c search_path=work`. */
  options?: string | undefined;
  /** For one attempt, from the first packet to the end of the login. 10,000 when left out; 0 waits for ever. */
  connectTimeoutMs?: number | undefined;
  /** Binds the password exchange to the TLS connection where the server offers it (SCRAM-SHA-256-PLUS). */
  channelBinding?: boolean | undefined;
}

/** The connection to each of its hosts, in order. */
export function eachHost({ otherHosts = [], ...first }: ServerConnection): ServerConnection[] {
  return [first, ...otherHosts.map((address) => ({ ...first, ...address }))];
}

export function isSocketDirectory(host: string): boolean {
  return host.startsWith('/');
}
