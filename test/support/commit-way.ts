import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type pg from 'pg';
import { onTestFinished } from 'vitest';

/**
 * What happens once to the transaction of a request with an id when it commits:
 * - `hold`: the commit gets through, and its answer does not come;
 * - `lose`: the same, and the connection is lost;
 * - `stop`: the connection is lost before the commit gets through;
 * - `freeze`: the commit does not get through, and the connection stays.
 */
export type Fate = 'hold' | 'lose' | 'stop' | 'freeze';

export interface CommitWay {
  /** Where the database is, by this way. */
  connection: pg.ClientConfig;
  /** Fates of the next commits, one after the other; without any, all goes through. */
  next(...fates: Fate[]): void;
  /** How many met theirs. */
  met(): number;
}

/** A way to the database that knows a commit when it sees one. Gone at the end of the test. */
export async function aCommitWay({ host, port, ...rest }: pg.ClientConfig): Promise<CommitWay> {
  const fates: Fate[] = [];
  const sockets = new Set<Socket>();
  let met = 0;
  const server = createServer((near) => {
    const far = host?.startsWith('/')
      ? connect(`${host}/.s.PGSQL.${port}`)
      : connect({ host: host ?? '', port: Number(port) });
    const drop = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        drop();
      });
    }
    let fate: Fate | undefined;
    let sent = '';
    near.on('data', (bytes) => {
      if (fate === undefined) {
        // a prepared statement is called by its name, and what begins and ends a transaction is sent as text
        sent += bytes.toString('latin1');
        const isCommit = sent.includes('insert_request') && sent.includes('commit\0');
        if (sent.includes('commit\0') || sent.includes('rollback\0')) sent = '';
        if (isCommit) fate = fates.shift();
        if (fate !== undefined) met += 1;
        if (fate === 'stop') return drop();
      }
      if (fate !== 'freeze') far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (fate === 'lose') drop();
      else if (fate === undefined) near.write(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port: own } = server.address() as { port: number };
  return {
    connection: { ...rest, host: '127.0.0.1', port: own },
    next: (...more) => fates.push(...more),
    met: () => met,
  };
}
