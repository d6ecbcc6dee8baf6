import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { createToken, revokeToken, rotateToken } from '../../src/service/tokens.ts';
import { aDatabase, aStore } from '../support/database.ts';
import { aService, aServiceForTest } from '../support/service-process.ts';

const database = await aDatabase();
const store = await aStore(database);
const admin = { store, actor: 'tester' };
const service = await aService({ database });
const { request } = service;

const token = async (name: string, role: 'reader' | 'writer' | 'admin', expiresInSeconds?: number) =>
  (await createToken(admin, { name, role, expiresInSeconds })).secret;
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

/** A request with headers that fetch does not let anybody set. */
function raw(headers: Record<string, string>, path = '/health'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest(`${service.url}${path}`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

test.each(['/mcp', '/api/v1/goals', '/api/v1/changes', '/metrics'])('%s wants a token', async (path) => {
  const { status, headers, body } = await request('GET', path, { headers: { authorization: undefined } });
  expect(status).toBe(401);
  expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
  expect(body.code).toBe('unauthenticated');
});

test.each([
  ['nonsense', 'x'],
  ['a token that nobody made', `gat_${'A'.repeat(43)}`],
  ['a very long one', 'x'.repeat(4_000)],
])('%s is refused', async (_what, secret) => {
  const { status } = await request('GET', '/api/v1/goals', { headers: bearer(secret) });
  expect(status).toBe(401);
});

test('an expired and a revoked token are refused, each with its reason, and a rotated one is replaced', async () => {
  const expired = await token('expired', 'writer', 1);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  const first = await request('GET', '/api/v1/goals', { headers: bearer(expired) });
  expect(first.status).toBe(401);
  expect(first.body.detail).toContain('expired');
  const revoked = await token('revoked', 'writer');
  await revokeToken(admin, 'revoked');
  const second = await request('GET', '/api/v1/goals', { headers: bearer(revoked) });
  expect(second.body.detail).toContain('revoked');
  const old = await token('rotated', 'writer');
  const { secret } = await rotateToken(admin, { name: 'rotated' });
  expect((await request('GET', '/api/v1/goals', { headers: bearer(old) })).status).toBe(401);
  expect((await request('GET', '/api/v1/goals', { headers: bearer(secret) })).status).toBe(200);
});

test('a reader reads, and is refused every change in words', async () => {
  const reader = await token('looker', 'reader');
  expect((await request('GET', '/api/v1/goals', { headers: bearer(reader) })).status).toBe(200);
  const { status, body } = await request('POST', '/api/v1/goals', {
    body: { description: 'x' },
    headers: bearer(reader),
  });
  expect(status).toBe(403);
  expect(body.detail).toContain('reader');
});

test('history names the token, whatever the caller calls itself', async () => {
  const ada = await token('ada', 'writer');
  const headers = { ...bearer(ada), 'x-agent-name': 'somebody-else' };
  const { body: goal } = await request('POST', '/api/v1/goals', { body: { description: 'By ada' }, headers });
  await request('POST', `/api/v1/goals/${goal.id}/tasks`, { body: { subtasks: [{ description: 's' }] }, headers });
  const history = await request('GET', `/api/v1/history?goal_id=${goal.id}`);
  expect(JSON.stringify(history.body)).not.toContain('somebody-else');
  expect(JSON.stringify(history.body)).toContain('ada');
});

test.each([
  ['another host', { host: 'goals.evil.example' }, 403],
  ['no host that could be', { host: 'x y' }, 400],
  ['another origin', { origin: 'https://evil.example' }, 403],
  ['a page without an origin', { origin: 'null' }, 403],
])('%s is refused on every route', async (_what, headers, status) => {
  for (const path of ['/health', '/ready', '/openapi.json', '/mcp', '/api/v1/goals', '/metrics']) {
    expect(await raw({ ...headers, ...bearer(service.localToken) }, path), path).toBe(status);
  }
});

test('a body over the limit is refused, and one that is chunked without end, too', async () => {
  const { status } = await request('POST', '/api/v1/goals', {
    body: `{"description":"${'x'.repeat(17 * 1024 * 1024)}"}`,
  });
  expect(status).toBe(413);
  const endless = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(1024 * 1024).fill(32));
    },
  });
  const answer = await fetch(`${service.url}/api/v1/goals`, {
    method: 'POST',
    headers: { ...bearer(service.localToken), 'content-type': 'application/json' },
    body: endless,
    duplex: 'half',
  } as RequestInit).then(
    ({ status: code }) => code,
    () => 'cut off',
  );
  expect([413, 'cut off']).toContain(answer);
  expect((await request('GET', '/health')).status).toBe(200);
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
  'a body of %s is refused',
  async (type) => {
    const { status } = await request('POST', '/api/v1/goals', {
      body: '{"description":"x"}',
      headers: { 'content-type': type },
    });
    expect(status).toBe(415);
  },
);

test('headers over the limit are refused', async () => {
  expect(await raw({ 'x-long': 'x'.repeat(20_000) })).toBe(431);
});

test('one address that guesses tokens is made to wait', async () => {
  const other = await aServiceForTest({ database });
  const statuses: number[] = [];
  for (let n = 0; n < 70; n += 1) {
    statuses.push((await other.request('GET', '/api/v1/goals', { headers: bearer(`gat_${n}`) })).status);
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(60);
  const { status, headers } = await other.request('GET', '/api/v1/goals', { headers: bearer('gat_x') });
  expect(status).toBe(429);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
});

test('one token that sends too much is made to wait, and others are not', async () => {
  const limited = await aServiceForTest({ database, env: { GOAL_AGENT_RATE_LIMIT: '5' } });
  const [busy, calm] = [await token('busy', 'reader'), await token('calm', 'reader')];
  const ask = (secret: string) => limited.request('GET', '/api/v1/goals', { headers: bearer(secret) });
  const statuses = [];
  for (let n = 0; n < 6; n += 1) statuses.push((await ask(busy)).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  expect((await ask(calm)).status).toBe(200);
});

test('a client that sends its headers slowly is cut off', { timeout: 40_000 }, async () => {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n');
  const began = performance.now();
  await new Promise((resolve) => socket.on('close', resolve).on('error', resolve).resume());
  expect(performance.now() - began).toBeLessThan(20_000);
});

test('while the database is away, a token is not judged, and the log tells of no defect', async () => {
  const away = await aServiceForTest({ database: { ...database, port: 1 } });
  const { status, body } = await away.request('GET', '/api/v1/goals', {
    headers: bearer(await token('early', 'reader')),
  });
  expect({ status, code: body.code }).toEqual({ status: 503, code: 'unavailable' });
  expect((await away.request('GET', '/ready')).status).toBe(503);
  expect(away.log()).not.toContain('defect');
});

test('answers carry headers that keep a browser from misusing them', async () => {
  const { headers } = await request('GET', '/api/v1/goals');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});

test('the service says in five lines where it is, under the name that others use', async () => {
  const named = await aServiceForTest({ database, env: { GOAL_AGENT_PUBLIC_URL: 'https://goals.example.com/' } });
  // a pipe may bring them in parts
  const lines = () => named.stdout().trim().split('\n');
  await expect.poll(() => lines().length, { timeout: 10_000 }).toBe(5);
  expect(lines()[0]).toContain(`listens on ${named.url}: `);
  expect(named.stdout()).toContain(' https://goals.example.com/mcp ');
});
