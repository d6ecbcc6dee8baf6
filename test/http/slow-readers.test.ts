import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../src/http/server.ts';
import { aDatabase } from '../support/database.ts';
import { anEventStream } from '../support/event-stream.ts';
import { aService, type ServiceProcess } from '../support/service-process.ts';

const service = await aService({ database: await aDatabase() });
const { request } = service;
const patient = { timeout: 20_000, interval: 50 };

/** Readers of changes that the service counts. */
async function readersOf({ request: ask }: ServiceProcess): Promise<number> {
  const { text } = await ask('GET', '/metrics');
  return Number(/^goal_agent_change_readers (\d+)$/m.exec(text)?.[1]);
}

/** The answer to a request for the changes, of which nothing is read yet. */
function aSleepingReader(lastEventId?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${service.localToken}`,
      accept: 'text/event-stream',
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    };
    const asked = httpRequest(`${service.url}/api/v1/changes`, { headers }, resolve).on('error', reject);
    onTestFinished(() => void asked.destroy());
    asked.end();
  });
}

/** More than the buffers of a connection take. */
async function manyChanges(): Promise<number> {
  const description = 'x'.repeat(900);
  const { body: goal } = await request('POST', '/api/v1/goals', { body: { description } });
  const subtasks = Array.from({ length: 1_000 }, () => ({ description }));
  for (let n = 0; n < 8; n += 1) {
    expect((await request('POST', `/api/v1/goals/${goal.id}/tasks`, { body: { subtasks } })).status).toBe(201);
  }
  return 8_000;
}

test('a reader that stops reading its changes costs nobody anything, and misses nothing when it goes on', {
  timeout: 60_000,
}, async () => {
  const sleeping = await aSleepingReader();
  const gone = await aSleepingReader();
  const other = await anEventStream(service);
  await other.until(({ event }) => event === 'position');
  const made = await manyChanges();
  const last = `TASK-${String(made).padStart(4, '0')}`;
  await other.until(({ data }) => data.includes(`"id":"${last}"`));
  expect(await readersOf(service)).toBe(3);
  // one that goes away while the service waits for it is forgotten
  gone.destroy();
  await expect.poll(() => readersOf(service), patient).toBe(2);
  let text = '';
  sleeping.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  await expect.poll(() => text.includes(`"id":"${last}"`), patient).toBe(true);
  const told = [...text.matchAll(/"type":"task\.created","kind":"task","id":"TASK-(\d+)"/g)].map(([, n]) => Number(n));
  expect(told).toEqual(Array.from({ length: made }, (_, n) => n + 1));
});

test('a client that takes nothing of its answer is cut off, and until then no more is made for it', async () => {
  let made = 0;
  let isOver = false;
  const endless = () =>
    new ReadableStream({
      pull(controller) {
        made += 1;
        controller.enqueue(new Uint8Array(64 * 1024));
      },
      cancel() {
        isOver = true;
      },
    });
  const app = { fetch: () => new Response(endless()), close: async () => {} };
  const listening = await listen(app, { host: '127.0.0.1', port: 0, stalledAfterMs: 500 });
  onTestFinished(() => listening.stop());
  const socket = connect(listening.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.pause().write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await expect.poll(() => isOver, patient).toBe(true);
  // 64 MiB would be no buffer of a connection
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThan(1_000);
});

test('an answer that takes long to make is not cut off', async () => {
  const app = {
    fetch: async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return new Response('late');
    },
    close: async () => {},
  };
  const listening = await listen(app, { host: '127.0.0.1', port: 0, stalledAfterMs: 200 });
  onTestFinished(() => listening.stop());
  expect(await (await fetch(`http://127.0.0.1:${listening.port}`)).text()).toBe('late');
});

test('a thousand open streams are served, and other calls are answered beside them', { timeout: 60_000 }, async () => {
  const heard = new Set<Socket>();
  const { hostname, port } = new URL(service.url);
  const before = await readersOf(service);
  const sockets = Array.from({ length: 1_000 }, () => {
    const socket = connect(Number(port), hostname);
    socket.write(
      `GET /api/v1/changes HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${service.localToken}\r\n\r\n`,
    );
    return socket.setEncoding('utf8').on('data', (text) => {
      if (String(text).includes('the news of a thousand')) heard.add(socket);
    });
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  await expect.poll(() => readersOf(service), patient).toBe(before + 1_000);
  const { status } = await request('POST', '/api/v1/goals', { body: { description: 'the news of a thousand' } });
  expect(status).toBe(201);
  await expect.poll(() => heard.size, patient).toBe(1_000);
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => readersOf(service), patient).toBe(before);
});
