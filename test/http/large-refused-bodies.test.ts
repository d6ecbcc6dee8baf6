import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { aDatabase } from '../support/database.ts';
import { aService } from '../support/service-process.ts';

const service = await aService({ database: await aDatabase() });
const mebibyte = 1024 * 1024;

interface Large {
  method?: string;
  path?: string;
  mebibytes: number;
  token?: string | undefined;
  origin?: string;
  type?: string;
  /** One more line of the head. */
  line?: string;
}

/** The status that a client reads which sends all of its body before it looks for an answer, and asks for the end. */
async function statusOf({
  method = 'POST',
  path = '/api/v1/goals',
  mebibytes,
  token = service.localToken,
  origin,
  type = 'application/json',
  line,
}: Large): Promise<number> {
  const { hostname, port } = new URL(service.url);
  const socket = connect({ host: hostname, port: Number(port) });
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    `Authorization: Bearer ${token}`,
    `Content-Type: ${type}`,
    ...(origin === undefined ? [] : [`Origin: ${origin}`]),
    ...(line === undefined ? [] : [line]),
    `Content-Length: ${mebibytes * mebibyte}`,
    'Connection: close',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  socket.write(Buffer.alloc(mebibytes * mebibyte, 32));
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  await new Promise<void>((resolve, reject) => socket.on('error', reject).on('close', () => resolve()));
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
}

test.each<[string, Large, number]>([
  ['is over the limit', { mebibytes: 17 }, 413],
  ['is over the limit, where none is read', { method: 'DELETE', path: '/api/v1/goals/GOAL-0001', mebibytes: 17 }, 413],
  ['is over the limit of /mcp', { path: '/mcp', mebibytes: 17 }, 413],
  ['comes without a token', { mebibytes: 15, token: 'x' }, 401],
  ['is for no route', { path: '/api/v1/nothing', mebibytes: 15 }, 404],
  ['is a form', { mebibytes: 15, type: 'text/plain' }, 415],
  ['comes from another page', { mebibytes: 15, origin: 'https://elsewhere.example' }, 403],
  ['is for nothing that is an address', { mebibytes: 15, path: '*' }, 400],
  ['is expected to be met somehow', { mebibytes: 15, line: 'Expect: nonsense' }, 417],
])('a client whose large body %s reads why it is refused', async (_what, large, status) => {
  for (let round = 0; round < 5; round += 1) expect(await statusOf(large)).toBe(status);
});
