import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP port behind which a server is further away: each way takes so many milliseconds longer. */
export async function slowWay(to: { path: string } | { port: number }, eachWayMs: number) {
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect(to);
    delayed(near, far, eachWayMs);
    delayed(far, near, eachWayMs);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

/** In order. Timers are late by up to a millisecond, so the moment is waited out by looking at the clock. */
function delayed(from: Socket, to: Socket, ms: number): void {
  const waiting: { bytes: Buffer; due: number }[] = [];
  const send = () => {
    while (waiting[0] !== undefined && waiting[0].due <= performance.now()) to.write(waiting.shift()?.bytes ?? '');
    if (waiting.length > 0) setImmediate(send);
  };
  from.on('data', (bytes: Buffer) => {
    waiting.push({ bytes, due: performance.now() + ms });
    if (waiting.length === 1) send();
  });
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}
