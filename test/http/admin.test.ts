import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { tokenRoutes } from '../../src/http/admin/tokens.ts';
import { webhookRoutes } from '../../src/http/admin/webhooks.ts';
import { workspaceRoutes } from '../../src/http/admin/workspaces.ts';
import { run } from '../legacy/support/program.ts';
import { aReceiver } from '../service/webhooks/receiver.ts';
import { aDatabase } from '../support/database.ts';
import { aService, aServiceForTest, type RequestOptions } from '../support/service-process.ts';

const database = await aDatabase();
const service = await aService({ database, env: { GOAL_AGENT_WEBHOOKS_PRIVATE: 'true' } });
const { request } = service;
const exports = path.join(service.home, 'exports');
const routes = [...tokenRoutes, ...webhookRoutes, ...workspaceRoutes];

/** Requests below /api/v1 with a token. */
function withToken(token: string) {
  return (method: string, route: string, { headers, ...options }: RequestOptions = {}) =>
    request(method, `/api/v1${route}`, { ...options, headers: { authorization: `Bearer ${token}`, ...headers } });
}

const asked = withToken(service.localToken);
const made = async (name: string, role: string) =>
  (await asked('POST', '/tokens', { body: { name, role } })).body.secret as string;
const admin = withToken(await made('boss', 'admin'));

test('an admin makes, lists, rotates and revokes tokens, and each secret is shown once', async () => {
  const first = await admin('POST', '/tokens', { body: { name: 'ci', role: 'writer', expires_in_seconds: 3600 } });
  expect(first).toMatchObject({
    status: 201,
    body: { name: 'ci', role: 'writer', state: 'active', created_by: 'boss' },
  });
  expect(first.headers.get('cache-control')).toBe('no-store');
  expect(Date.parse(first.body.expires_at) - Date.parse(first.body.created_at)).toBe(3_600_000);
  expect((await withToken(first.body.secret)('GET', '/status')).status).toBe(200);
  expect((await admin('POST', '/tokens', { body: { name: 'ci', role: 'reader' } })).status).toBe(409);
  const second = await admin('POST', '/tokens/ci/rotate', { body: {} });
  expect(second).toMatchObject({ status: 200, body: { name: 'ci', role: 'writer' } });
  await expect.poll(async () => (await withToken(first.body.secret)('GET', '/status')).status).toBe(401);
  const now = withToken(second.body.secret);
  expect((await now('GET', '/status')).status).toBe(200);
  expect((await admin('DELETE', '/tokens/ci')).body).toMatchObject({ name: 'ci', state: 'revoked' });
  await expect.poll(async () => (await now('GET', '/status')).status).toBe(401);
  const listed = await admin('GET', '/tokens');
  expect(listed.body.tokens.map(({ name }: { name: string }) => name)).toEqual(['boss']);
  const all = await admin('GET', '/tokens?all=true');
  expect(all.body.tokens).toHaveLength(3);
  expect(listed.text + all.text).not.toMatch(/gat_|secret/);
  // what the command line prints is the same
  const { stdout } = await run(['token', 'list', '--all', '--json'], database);
  const seen = JSON.parse(stdout).map((token: object) => ({ ...token, last_used_at: expect.anything() }));
  expect(seen).toMatchObject(all.body.tokens.map(({ last_used_at: _, ...token }: Record<string, unknown>) => token));
});

test('an admin adds, tries and removes webhooks', async () => {
  const receiver = await aReceiver();
  const goal = await admin('POST', '/goals', { body: { description: 'told of' } });
  const added = await admin('POST', '/webhooks', {
    body: { url: receiver.url, types: ['task.*'], goal_id: goal.body.id },
  });
  expect(added).toMatchObject({
    status: 201,
    body: { url: receiver.url, types: ['task'], goal_id: goal.body.id, state: 'on', created_by: 'boss' },
  });
  const { id, secret } = added.body;
  receiver.secret = secret;
  const tried = await admin('POST', `/webhooks/${id}/test`, { body: {} });
  expect(tried).toMatchObject({ status: 200, body: { is_taken: true, what: 'answered 200', url: receiver.url } });
  expect([receiver.received.at(-1)?.type, receiver.forged]).toEqual(['webhook.test', 0]);
  receiver.answer = () => 500;
  expect((await admin('POST', `/webhooks/${id}/test`)).body).toMatchObject({ is_taken: false, what: 'answered 500' });
  expect((await admin('POST', `/webhooks/${id}/resume`)).body).toMatchObject({ id, state: 'on' });
  const listed = await admin('GET', '/webhooks');
  expect(listed.body.webhooks).toMatchObject([{ id }]);
  expect(listed.text).not.toContain('whsec_');
  expect((await admin('DELETE', `/webhooks/${id}`)).body).toEqual({ id, url: receiver.url });
  expect((await admin('DELETE', `/webhooks/${id}`)).status).toBe(404);
});

test('an admin of the service’s own workspace makes, lists, renames and deletes workspaces', async () => {
  const team = await admin('POST', '/workspaces', { body: { name: 'team', admin_token: 'team-admin' } });
  expect(team).toMatchObject({ status: 201, body: { name: 'team', goals: 0, tokens: 1 } });
  const theirs = withToken(team.body.secret);
  expect((await theirs('POST', '/goals', { body: { description: 'Of the team' } })).body.id).toBe('GOAL-0001');
  expect((await theirs('GET', '/tokens')).body.tokens).toMatchObject([{ name: 'team-admin', created_by: 'boss' }]);
  expect((await admin('POST', '/workspaces', { body: { name: 'team' } })).status).toBe(409);
  const unnamed = await admin('POST', '/workspaces', { body: { name: 'half', admin_token: 'two words' } });
  expect(unnamed).toMatchObject({ status: 400, body: { detail: expect.stringContaining('The name "two words"') } });
  const listed = await admin('GET', '/workspaces');
  expect(listed.body.workspaces).toMatchObject([{ name: 'default' }, { name: 'team', goals: 1 }]);
  expect(listed.text).not.toContain('half');
  expect((await admin('PATCH', '/workspaces/team', { body: { name: 'shop' } })).body.name).toBe('shop');
  expect((await theirs('GET', '/goals/GOAL-1')).body.description).toBe('Of the team');

  const before = (await admin('GET', '/workspaces')).body;
  for (const query of ['', '?confirm=team']) {
    const refused = await admin('DELETE', `/workspaces/shop${query}`);
    expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('confirm') } });
  }
  expect((await admin('GET', '/workspaces')).body).toEqual(before);
  const deleted = await admin('DELETE', '/workspaces/shop?confirm=shop');
  expect(deleted).toMatchObject({ status: 200, body: { deleted: { name: 'shop', goals: 1, tokens: 1 } } });
  const { file } = deleted.body;
  expect(file).toMatch(/^shop-[\dTZ-]+\.json$/);
  expect(statSync(exports).mode & 0o777).toBe(0o700);
  expect(JSON.parse(readFileSync(path.join(exports, file), 'utf8')).goals).toMatchObject([
    { description: 'Of the team' },
  ]);
  expect(service.log()).toMatch(/"actor":"boss".*the workspace shop was deleted/);
  await expect.poll(async () => (await theirs('GET', '/goals')).status).toBe(401);
  expect((await admin('DELETE', '/workspaces/shop?confirm=shop')).status).toBe(404);
});

test('the workspace of the service itself stays as it is', async () => {
  for (const [method, query] of [
    ['PATCH', ''],
    ['DELETE', '?confirm=default'],
  ] as const) {
    const refused = await admin(
      method,
      `/workspaces/default${query}`,
      method === 'PATCH' ? { body: { name: 'x' } } : {},
    );
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
  }
});

test('nothing is deleted where its export cannot be written, and no folder of the server is told', async () => {
  await admin('POST', '/workspaces', { body: { name: 'kept' } });
  rmSync(exports, { recursive: true, force: true });
  writeFileSync(exports, 'in the way');
  const refused = await admin('DELETE', '/workspaces/kept?confirm=kept');
  rmSync(exports);
  expect(refused).toMatchObject({ status: 500, body: { code: 'configuration' } });
  expect(refused.body.detail).toContain('nothing was deleted');
  expect(refused.text).not.toContain(service.home);
  expect((await admin('GET', '/workspaces')).text).toContain('"kept"');
  expect((await admin('DELETE', '/workspaces/kept?confirm=kept')).status).toBe(200);
  expect(readdirSync(exports)).toHaveLength(1);
});

/** An address and a body with which an admin would not be refused for what they say. */
const bodies: Record<string, unknown> = {
  create_token: { name: 'x', role: 'reader' },
  add_webhook: { url: 'https://example.com' },
  create_workspace: { name: 'x' },
  rename_workspace: { name: 'x' },
};

test.each(['a reader', 'a writer', 'an admin of another workspace'])('%s may not', async (who) => {
  const [, role = '', ...where] = who.split(' ');
  const isForeign = where.length > 0;
  const { body } = isForeign
    ? await admin('POST', '/workspaces', { body: { name: 'other', admin_token: 'other' } })
    : { body: { secret: await made(role, role) } };
  const theirs = withToken(body.secret);
  const refusing = routes.filter(({ forOperators }) => !isForeign || forOperators !== undefined);
  for (const { method, path: route, name } of refusing) {
    const address = route.replace(/\{\w+\}/, 'default') + (name === 'delete_workspace' ? '?confirm=default' : '');
    const { status, headers, body: said } = await theirs(method.toUpperCase(), address, { body: bodies[name] });
    expect({ name, status, code: said.code }).toEqual({ name, status: 403, code: 'forbidden' });
    expect(headers.get('content-type')).toBe('application/problem+json');
  }
});

test.each([
  ['POST', '/webhooks/a%00b/resume', {}],
  ['POST', '/webhooks/a%00b/test', {}],
  ['DELETE', '/webhooks/a%00b', undefined],
  ['POST', '/webhooks', { url: 'https://example.com/a\0b' }],
  ['POST', '/webhooks', { url: 'https://example.com', types: ['task\0'] }],
  ['POST', '/tokens', { name: 'a\0b', role: 'reader' }],
  ['POST', '/tokens/a%00b/rotate', {}],
  ['DELETE', '/tokens/a%00b', undefined],
  ['POST', '/workspaces', { name: 'a\0b' }],
  ['PATCH', '/workspaces/a%00b', { name: 'x' }],
  ['DELETE', '/workspaces/a%00b', { confirm: 'a\0b' }],
])('a text that cannot be stored is refused: %s %s', async (method, route, body) => {
  const { status, body: problem } = await asked(method, route, body === undefined ? {} : { body });
  expect([400, 404]).toContain(status);
  expect(problem.detail).toMatch(/.{20}/);
});

test('an Idempotency-Key is refused: a first answer would be kept with its secret', async () => {
  const options = { body: { name: 'twice', role: 'reader' }, headers: { 'idempotency-key': 'k' } };
  const refused = await admin('POST', '/tokens', options);
  expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('Idempotency-Key') } });
  expect((await admin('GET', '/tokens')).text).not.toContain('twice');
});

test('with GOAL_AGENT_READ_ONLY there are the routes that read, and no others', async () => {
  const readOnly = await aServiceForTest({ database, env: { GOAL_AGENT_READ_ONLY: 'true' } });
  expect((await readOnly.request('GET', '/api/v1/tokens')).status).toBe(200);
  const body = { name: 'x', role: 'reader' };
  expect((await readOnly.request('POST', '/api/v1/tokens', { body })).status).toBe(404);
  const { paths } = (await readOnly.request('GET', '/openapi.json')).body;
  expect(Object.keys(paths['/tokens'])).toEqual(['get']);
});
