import type { TlsSettings } from './tls.ts';

/** One PostgreSQL server and how to log in there. */
export interface ServerConnection extends TlsSettings {
  port: number;
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

export function isSocketDirectory(host: string): boolean {
  return host.startsWith('/');
}
