import { connect, createServer } from 'node:net';
import type pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { aDatabase } from '../support/database.ts';

/** The way to a database by a proxy that cuts the first connections as soon as a statement is sent. */
async function aWayThatIsCut(database: pg.ClientConfig & { host: string; port: number }, cuts: number) {
  let left = cuts;
  const proxy = createServer((client) => {
    const { host, port } = database;
    const server = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    for (const end of [client, server]) end.on('error', () => {});
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    server.pipe(client);
    client.on('data', (bytes) => {
      // `Q` and `P` begin a statement
      if ('QP'.includes(String.fromCharCode(bytes[0] ?? 0)) && left > 0) {
        left -= 1;
        server.destroy();
      } else server.write(bytes);
    });
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  onTestFinished(() => void proxy.close());
  const address = proxy.address();
  return { ...database, host: '127.0.0.1', port: typeof address === 'object' ? (address?.port ?? 0) : 0, ssl: false };
}

const options = {
  workspace: 'default',
  poolSize: 1,
  maxOverflow: 1,
  timeoutMs: 30_000,
  prepared: true,
  warn: () => {},
};

test('a connection that is cut while the store opens is made again', async () => {
  const way = await aWayThatIsCut(await aDatabase(), 2);
  const store = await openStore({ ...options, connect: async () => way });
  expect(store.workspaceId).toBeGreaterThan(0);
  await store.database.close();
});

test('connections that are cut again and again are an unavailable database, and no defect', async () => {
  const way = await aWayThatIsCut(await aDatabase(), 1_000);
  await expect(openStore({ ...options, connect: async () => way })).rejects.toMatchObject({
    name: 'GoalAgentError',
    code: 'unavailable',
    message: expect.stringContaining('closed the connection'),
  });
});
