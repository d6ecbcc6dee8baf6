import { beforeEach, expect, test } from 'vitest';
import { aClient } from '../support/conversation.ts';
import { aDatabase } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { aService, type RequestOptions } from '../support/service-process.ts';

const database = await aDatabase();
const sql = await aClient(database);
const service = await aService({ database });

/** Requests below /api/v1 with a token. */
function withToken(token: string) {
  return (method: string, route: string, { headers, ...options }: RequestOptions = {}) =>
    service.request(method, `/api/v1${route}`, {
      ...options,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
}

const local = withToken(service.localToken);
const made = async (name: string, role: string) =>
  withToken((await local('POST', '/tokens', { body: { name, role } })).body.secret);
const [boss, writer, reader] = [await made('boss', 'admin'), await made('hand', 'writer'), await made('eye', 'reader')];

let done: string;
let cancelled: string;
let open: string;
let late: string;

async function aGoal(description: string, status?: string): Promise<string> {
  const { id } = (await boss('POST', '/goals', { body: { description } })).body;
  if (status !== undefined) await boss('PATCH', `/goals/${id}`, { body: { status } });
  return id;
}

/** Four goals, the first three of which nothing has changed for a hundred days. */
beforeEach(async () => {
  await sql.query('truncate goals, tasks, task_dependencies, operations, events, notes cascade');
  done = await aGoal('Sign-in', 'completed');
  cancelled = await aGoal('Fax', 'cancelled');
  open = await aGoal('Billing');
  late = await aGoal('Just now', 'completed');
  await sql.query(`update goals set updated_at = now() - interval '100 days' where id <> $1`, [late]);
});

const archive = { body: { older_than: '90d' } };
const listed = async (query = '') =>
  (await boss('GET', `/goals${query}`)).body.goals.map(({ id }: { id: string }) => id);
const countOfOperations = async () => (await sql.query('select from operations')).rowCount;

test('an admin sees what is long finished, archives it as one operation, and undo brings it back', async () => {
  const shown = await boss('GET', '/finished-goals?older_than=90d&limit=1');
  expect(shown).toMatchObject({
    status: 200,
    body: { total: 2, goals: [{ id: done, description: 'Sign-in', status: 'completed', total_tasks: 0 }] },
  });
  expect(await listed()).toEqual([late, open, cancelled, done]);
  const archived = await boss('POST', '/finished-goals/archive', archive);
  expect(archived).toMatchObject({
    status: 200,
    body: { archived: 2, left: 0, event_id: expect.any(Number) },
  });
  expect(archived.headers.get('cache-control')).toBe('no-store');
  expect(await listed()).toEqual([late, open]);
  expect(await listed('?status=archived')).toEqual([cancelled, done]);
  const { events } = (await boss('GET', `/history?goal_id=${done}&limit=1`)).body;
  expect(events[0].line).toMatch(new RegExp(`boss ${done} status completed → archived$`));
  expect((await boss('POST', '/finished-goals/archive', archive)).body).toEqual({ archived: 0, left: 0 });
  expect((await boss('POST', '/undo', { body: { event_id: archived.body.event_id } })).status).toBe(200);
  expect(await listed()).toEqual([late, open, cancelled, done]);
  expect(await brokenInvariants(sql)).toEqual({});
});

test('a repeat with the same Idempotency-Key gets the first answer, and archives nothing more', async () => {
  const keyed = { ...archive, headers: { 'idempotency-key': 'once' } };
  const first = await boss('POST', '/finished-goals/archive', keyed);
  expect(first.body).toMatchObject({ archived: 2, left: 0 });
  await boss('POST', '/undo', { body: { event_id: first.body.event_id } });
  await sql.query(`update goals set updated_at = now() - interval '100 days' where id <> $1`, [late]);
  const again = await boss('POST', '/finished-goals/archive', keyed);
  expect([again.status, again.body]).toEqual([200, first.body]);
  expect(await listed()).toEqual([late, open, cancelled, done]);
  const other = await boss('POST', '/finished-goals/archive', { ...keyed, body: { older_than: '1d' } });
  expect(other).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect(await brokenInvariants(sql)).toEqual({});
});

test('one request archives two thousand goals at most, and says how many are left', async () => {
  await sql.query(`
    insert into goals (workspace_id, id, number, description, priority, status, repos, metadata, updated_at)
    select g.workspace_id, 'GOAL-' || n, n, 'many', g.priority, 'completed', '{}', '{}', g.updated_at
    from goals g, generate_series(100000, 101998) n
    where g.id = '${done}'`);
  expect((await boss('POST', '/finished-goals/archive', archive)).body).toMatchObject({ archived: 2_000, left: 1 });
  expect((await boss('POST', '/finished-goals/archive', archive)).body).toMatchObject({ archived: 1, left: 0 });
});

test('a reader and a writer may look, and an admin alone archives, in its own workspace', async () => {
  for (const [ask, name] of [
    [reader, 'eye'],
    [writer, 'hand'],
  ] as const) {
    expect((await ask('GET', '/finished-goals?older_than=90d')).body.total).toBe(2);
    for (const headers of [{}, { 'idempotency-key': name }]) {
      const refused = await ask('POST', '/finished-goals/archive', { ...archive, headers });
      expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      expect(refused.body.detail).toMatch(/may not archive goals by their age\. Use a token with the role admin\.$/);
      expect(refused.headers.get('content-type')).toBe('application/problem+json');
    }
  }
  const { secret } = (await local('POST', '/workspaces', { body: { name: 'other', admin_token: 'other' } })).body;
  const other = withToken(secret);
  expect((await other('GET', '/finished-goals?older_than=90d')).body).toEqual({ goals: [], total: 0 });
  expect((await other('POST', '/finished-goals/archive', archive)).body).toEqual({ archived: 0, left: 0 });
  expect(await listed()).toEqual([late, open, cancelled, done]);
});

test.each([
  ['GET', '', /older_than/],
  ['GET', '?older_than=soon', /older_than .*is no time in the past; write 90d, 2w or 2026-01-31/],
  ['GET', '?older_than=2999-01-01', /is no time in the past/],
  ['GET', '?older_than=90d&limit=201', /the most is 200/],
  ['POST', {}, /older_than/],
  ['POST', { older_than: '2999-01-01' }, /is no time in the past/],
  ['POST', { older_than: '90d', all: true }, /all/],
] as const)('%s %j is refused by name, and nothing is changed', async (method, said, why) => {
  const before = await countOfOperations();
  const refused =
    typeof said === 'string'
      ? await boss(method, `/finished-goals${said}`)
      : await boss(method, '/finished-goals/archive', { body: said });
  expect(refused).toMatchObject({ status: 400, body: { code: 'invalid' } });
  expect(refused.body.detail).toMatch(why);
  expect(await countOfOperations()).toBe(before);
});

test('the document says which of the routes that are no tools take an Idempotency-Key', async () => {
  const { paths } = (await service.request('GET', '/openapi.json')).body;
  const headersOf = (path: string) =>
    paths[path].post.parameters.filter((each: { in: string }) => each.in === 'header').map(nameOf);
  const nameOf = ({ name }: { name: string }) => name;
  expect(headersOf('/finished-goals/archive')).toEqual(['Idempotency-Key']);
  expect(headersOf('/tokens')).toEqual([]);
  const [olderThan] = paths['/finished-goals'].get.parameters;
  expect(olderThan).toMatchObject({ name: 'older_than', in: 'query', required: true });
});
