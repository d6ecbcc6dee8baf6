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
  connect(portOrPath: number | string, host?: string): void;
  cancel(processID: number, secretKey: number): void;
  once(event: 'connect' | 'error' | 'end', listener: () => void): void;
}

/**
 * Asks the server to cancel what this connection runs now; settles when the server has taken the request, and never
 * rejects, since a request that got lost only means that the statement runs to its end or its timeout.
 *
 * PostgreSQL takes the request before authentication and encryption, so it needs neither.
 * Source: PostgreSQL documentation, "Canceling Requests in Progress".
 */
export function cancelOnServer(client: pg.PoolClient): Promise<void> {
  const { host, port, processID, secretKey } = client as unknown as Cancellable;
  return new Promise((resolve) => {
    if (processID === null || secretKey === null) return resolve();
    const connection = new pg.Connection() as unknown as RawConnection;
    connection.once('connect', () => connection.cancel(processID, secretKey));
    connection.once('error', () => resolve());
    connection.once('end', () => resolve());
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
  });
}
