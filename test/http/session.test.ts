import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Sessions } from '../../src/http/board/sessions.ts';
import { aDatabase } from '../support/database.ts';
import { aService, aServiceForTest } from '../support/service-process.ts';

const database = await aDatabase();
const service = await aService({ database });
const { request, url } = service;
const own = { 'x-goal-agent': 'board' };

async function aCookie(name = 'anna'): Promise<string> {
  const { body } = await request('POST', '/api/v1/session/codes', { body: { name } });
  return cookieOf(await post({ code: body.code }));
}

const post = (body: object, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/v1/session`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });

function cookieOf(response: Response): string {
  expect(response.status).toBe(204);
  const [cookie = ''] = response.headers.getSetCookie();
  expect(cookie).toMatch(/; Path=\/api; HttpOnly; SameSite=Strict$/);
  return cookie.split(';')[0] ?? '';
}

const withCookie = (
  method: string,
  route: string,
  cookie: string,
  headers: Record<string, string> = {},
  body?: object,
) => request(method, route, { headers: { authorization: undefined, cookie, ...headers }, ...(body && { body }) });

test('a code opens one session, once, and history names its person', async () => {
  const { body } = await request('POST', '/api/v1/session/codes', { body: { name: 'anna' } });
  const cookie = cookieOf(await post({ code: body.code }));
  expect((await post({ code: body.code })).status).toBe(401);
  const { body: session } = await withCookie('GET', '/api/v1/session', cookie);
  expect(session).toMatchObject({ name: 'anna', role: 'admin', workspace: 'default' });
  const { body: goal } = await withCookie('POST', '/api/v1/goals', cookie, own, { description: 'By hand' });
  const { body: history } = await request('GET', `/api/v1/history?goal_id=${goal.id}`);
  expect(history.events[0].line).toContain(' anna GOAL-');
});

test('a session makes no codes, and nobody without the local token does', async () => {
  const cookie = await aCookie();
  expect((await withCookie('POST', '/api/v1/session/codes', cookie, own, {})).status).toBe(403);
  expect(
    (await request('POST', '/api/v1/session/codes', { body: {}, headers: { authorization: undefined } })).status,
  ).toBe(401);
});

test('a change with the cookie alone is refused, and so is another site', async () => {
  const cookie = await aCookie();
  const body = { description: 'Forged' };
  expect((await withCookie('POST', '/api/v1/goals', cookie, {}, body)).body.code).toBe('forged');
  const foreign = { ...own, origin: 'https://elsewhere.example' };
  expect((await withCookie('POST', '/api/v1/goals', cookie, foreign, body)).body.code).toBe('foreign_address');
  expect((await post({ code: 'x' }, { origin: 'https://elsewhere.example' })).status).toBe(403);
});

test('only /api takes a session', async () => {
  const cookie = await aCookie();
  expect((await withCookie('POST', '/mcp', cookie, own, {})).status).toBe(401);
  expect((await withCookie('GET', '/metrics', cookie, own)).status).toBe(401);
});

test('a session that was changed, or of another local token, is nobody’s', async () => {
  const cookie = await aCookie();
  const changed = cookie.replace(/=gas_./, (start) => (start.endsWith('e') ? '=gas_f' : '=gas_e'));
  expect((await withCookie('GET', '/api/v1/session', changed)).status).toBe(401);
  const other = new Sessions('gal_another').sign({ name: 'anna' });
  expect((await withCookie('GET', '/api/v1/session', `goal_agent_session=${other}`)).status).toBe(401);
  for (const text of ['gas_', 'gas_.', 'gas_e30.', 'gas_a.b.c', 'x']) {
    expect((await withCookie('GET', '/api/v1/session', `goal_agent_session=${text}`)).status).toBe(401);
  }
});

test('codes end after a minute, and sessions after a week', () => {
  const sessions = new Sessions('gal_token');
  const nowMs = 1_000_000;
  expect(sessions.exchange(sessions.newCode({ name: 'anna' }, nowMs), nowMs + 60_001)).toBeUndefined();
  const session = sessions.exchange(sessions.newCode({ name: 'anna' }, nowMs), nowMs + 59_000) as string;
  expect(sessions.read(session, nowMs + 6 * 86_400_000)).toEqual({ name: 'anna' });
  expect(sessions.read(session, nowMs + 8 * 86_400_000)).toBeUndefined();
});

test('every service of one home takes a session', async () => {
  const second = await aServiceForTest({ database, home: service.home });
  const cookie = await aCookie();
  const { body } = await second.request('GET', '/api/v1/session', { headers: { authorization: undefined, cookie } });
  expect(body.name).toBe('anna');
});

test('signing out takes the cookie away', async () => {
  const { status, headers } = await withCookie('DELETE', '/api/v1/session', await aCookie(), own);
  expect(status).toBe(204);
  expect(headers.getSetCookie()[0]).toMatch(/^goal_agent_session=; Max-Age=0; Path=\/api/);
});

test('the page has a policy that runs nothing of others, and is asked for again each time', async () => {
  for (const route of ['/', '/goals/GOAL-0001/graph', '/now', '/history']) {
    const { status, headers, text } = await request('GET', route, { headers: { authorization: undefined } });
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(text).not.toMatch(/<script(?! type="module" crossorigin src="\/assets\/)|style=|https?:/);
    const again = await request('GET', route, { headers: { 'if-none-match': headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
  }
});

test('files are kept for ever, and come compressed', async () => {
  const { text: page } = await request('GET', '/');
  const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? [];
  const response = await fetch(url + script, { headers: { 'accept-encoding': 'gzip, br' } });
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(response.headers.get('content-encoding')).toBe('br');
  expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  const { text } = await request('GET', script, { headers: { 'accept-encoding': 'identity' } });
  expect(await response.text()).toBe(text);
  for (const none of [
    '/assets/none.js',
    '/assets/../../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/index.html.br',
  ]) {
    expect((await request('GET', none)).status).toBe(404);
  }
});

test('the first load is under 60 KB without the graph, and has no schema library', () => {
  const folder = path.resolve('dist/web');
  const page = readFileSync(path.join(folder, 'index.html'), 'utf8');
  const files = [...page.matchAll(/\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, file]) => file as string);
  expect(files).toHaveLength(2);
  const bytes = ['index.html', ...files].map((file) => readFileSync(path.join(folder, `${file}.br`)));
  expect(bytes.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(60_000);
  const text = bytes.map((each) => brotliDecompressSync(each).toString()).join('');
  expect(text).not.toContain('invalid_type');
  expect(text).not.toContain('rankdir');
  expect(readdirSync(path.join(folder, 'assets')).filter((file) => /^graph-.*\.js$/.test(file))).toHaveLength(1);
});
