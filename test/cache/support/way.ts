import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterFile } from '../../support/after-file.ts';

/** A way to a server that can be cut, for those who go by it and nobody else. */
export interface Way {
  port: number;
  /** From now on nothing comes through, in neither direction, and nobody is told. */
  cut(): void;
  /** Ends the connections that were cut; new ones come through. */
  mend(): void;
}

export async function aWayTo(port: number): Promise<Way> {
  let isCut = false;
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => isCut || to.write(bytes));
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  afterFile(() => {
    drop();
    server.close();
  });
  return {
    port: (server.address() as { port: number }).port,
    cut() {
      isCut = true;
    },
    mend() {
      isCut = false;
      drop();
    },
  };
}
