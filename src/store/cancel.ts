import pg from 'pg';

/** What the server said at connect: enough to ask it, over another connection, to stop what this one runs. */
interface Cancellable {
  host: string;
  port: number;
  processID: number | null;
  secretKey: number | null;
}

/** The part of pg's connection that its types leave out. */
interface RawConnection {
  stream: { destroy(): void };
  connect(portOrPath: number | string, host?: string): void;
  cancel(processID: number, secretKey: number): void;
  once(event: 'connect' | 'error' | 'end', listener: () => void): void;
}

/** A server that has not taken the request by then is not asked any more. */
const patienceMs = 5_000;

/**
 * Asks the server to cancel what this connection runs now. Nobody waits for it: a request that got lost only means that
 * the statement runs to its end or its timeout.
 *
 * PostgreSQL takes the request before authentication and encryption, so it needs neither.
 * Source: PostgreSQL documentation, "Canceling Requests in Progress".
 */
export function cancelOnServer(client: pg.Client): void {
  const { host, port, processID, secretKey } = client as unknown as Cancellable;
  if (processID === null || secretKey === null) return;
  const connection = new pg.Connection() as unknown as RawConnection;
  const late = setTimeout(() => connection.stream.destroy(), patienceMs).unref();
  connection.once('connect', () => connection.cancel(processID, secretKey));
  connection.once('error', () => {}); // the end follows
  connection.once('end', () => clearTimeout(late));
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
}
