import net from 'node:net';
import { onTestFinished } from 'vitest';

interface Address {
  host: string;
  port: number;
}

export interface MovedAddress extends Address {
  /** From now on new connections go there; those that are there stay, unless they are cut. */
  moveTo(target: Address, how?: { cut: boolean }): void;
  /** How many connections have come. */
  count(): number;
}

/** An address that leads to whichever server it was moved to last, as a name or a virtual IP does after a failover. */
export async function anAddressThatMoves(first: Address): Promise<MovedAddress> {
  let target = first;
  let count = 0;
  const sockets = new Set<net.Socket>();
  const server = net.createServer((client) => {
    count += 1;
    const { host, port } = target;
    const upstream = net.connect(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const end = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  onTestFinished(() => {
    end();
    server.close();
  });
  return {
    host: '127.0.0.1',
    port: (server.address() as net.AddressInfo).port,
    moveTo(next, { cut } = { cut: false }) {
      target = next;
      if (cut) end();
    },
    count: () => count,
  };
}
