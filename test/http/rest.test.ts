import { expect, test } from 'vitest';
import { routes } from '../../src/http/rest/routes.ts';
import { tools } from '../../src/tools/index.ts';
import { aDatabase } from '../support/database.ts';
import { aService } from '../support/service-process.ts';

const service = await aService({ database: await aDatabase() });
const { request } = service;

async function aGoal(description = 'Ship it'): Promise<string> {
  const { status, body } = await request('POST', '/api/v1/goals', { body: { description } });
  expect(status).toBe(201);
  return body.id;
}

async function tasksOf(goalId: string, ...descriptions: string[]): Promise<string[]> {
  const subtasks = descriptions.map((description) => ({ description }));
  const { status, body } = await request('POST', `/api/v1/goals/${goalId}/tasks`, { body: { subtasks } });
  expect(status).toBe(201);
  return body.tasks.map((task: { id: string }) => task.id);
}

test('every tool has a route, and every route a tool', () => {
  const routed = new Set(routes.map(({ tool }) => tool));
  expect([...routed].toSorted()).toEqual(tools.map(({ name }) => name).toSorted());
});

test('what reads is GET, and what changes is not', () => {
  const readOnly = new Map(tools.map(({ name, hints }) => [name, hints.readOnlyHint]));
  for (const { method, path, tool } of routes) {
    // the IDs of a batch may be too many for a URL
    if (path === '/batches/read') continue;
    expect(method === 'get', `${method} ${path}`).toBe(readOnly.get(tool));
  }
});

test('a goal is created, read, changed, worked on and deleted', async () => {
  const created = await request('POST', '/api/v1/goals', { body: { description: 'Move the ledger', repos: ['api'] } });
  expect(created.headers.get('location')).toBe(`/api/v1/goals/${created.body.id}`);
  const id = created.body.id;
  const subtasks = [{ description: 'Copy' }, { description: 'Switch', dependencies: ['#1'] }];
  await request('POST', `/api/v1/goals/${id}/tasks`, { body: { subtasks } });
  const goal = await request('GET', `/api/v1/goals/${id}`);
  expect(goal.body).toMatchObject({ id, progress: { total: 2, completed: 0 } });
  const [copy, swap] = goal.body.tasks;
  const ready = await request('GET', `/api/v1/tasks/ready?goal_id=${id}&limit=5`);
  expect(ready.body.tasks.map((task: { id: string }) => task.id)).toEqual([copy]);
  const claimed = await request('POST', '/api/v1/claims', { body: { task_ids: [copy] } });
  const { fence } = claimed.body.tasks[0];
  const released = await request('DELETE', `/api/v1/claims/${copy}?reason=lunch`);
  expect(released.body).toMatchObject({ released: [copy] });
  const again = await request('POST', '/api/v1/claims', { body: { task_ids: [copy] } });
  expect(again.body.tasks[0].fence).toBeGreaterThan(fence);
  const done = await request('PUT', `/api/v1/tasks/${copy}/status`, {
    body: { status: 'completed', result: 'copied', fence: again.body.tasks[0].fence, claim_next: true },
  });
  expect(done.body).toMatchObject({ description: 'Copy', made_ready: [swap], next: { id: swap, fence: 1 } });
  const note = await request('POST', `/api/v1/tasks/${swap}/notes`, { body: { text: 'at night' } });
  expect(note.status).toBe(201);
  const plan = await request('GET', `/api/v1/goals/${id}/plan`);
  expect(plan.body).toMatchObject({ total_tasks: 2, completed_tasks: 1 });
  const found = await request('GET', '/api/v1/search?query=ledger');
  expect(JSON.stringify(found.body)).toContain(id);
  const history = await request('GET', `/api/v1/history?goal_id=${id}&limit=3`);
  expect(history.body.events).toHaveLength(3);
  expect((await request('GET', '/api/v1/briefing')).body.briefing ?? '').toBeDefined();
  expect((await request('GET', '/api/v1/status')).body.persistence).toBeDefined();
  const deleted = await request('DELETE', `/api/v1/goals/${id}`);
  expect(deleted.body).toMatchObject({ deleted_goal_id: id, deleted_tasks: 2 });
  const undone = await request('POST', '/api/v1/undo');
  expect(undone.status).toBe(200);
  expect((await request('GET', `/api/v1/goals/${id}`)).status).toBe(200);
});

test('several tasks are read and set in one request', async () => {
  const ids = await tasksOf(await aGoal(), 'one', 'two');
  const read = await request('POST', '/api/v1/batches/read', { body: { task_ids: [...ids, 'TASK-99999'] } });
  expect(read.body).toMatchObject({ not_found: ['TASK-99999'], total: 3 });
  const updates = ids.map((task_id) => ({ task_id, status: 'completed' }));
  const set = await request('POST', '/api/v1/batches/status', { body: { updates } });
  expect(set.body.successful).toEqual(ids);
});

test('what a query says is read as the tool means it', async () => {
  const id = await aGoal('Query');
  await tasksOf(id, 'a', 'b', 'c');
  const page = await request('GET', `/api/v1/goals/${id}/tasks?status=pending&limit=2`);
  expect(page.body.tasks).toHaveLength(2);
  const full = await request('GET', `/api/v1/goals/${id}?full=true`);
  expect(full.status).toBe(200);
});

test('a repeated Idempotency-Key gets the answer of the first request', async () => {
  const send = () =>
    request('POST', '/api/v1/goals', { body: { description: 'Once' }, headers: { 'idempotency-key': 'once-1' } });
  const [first, second] = [await send(), await send()];
  expect(second.body).toEqual(first.body);
  const other = await request('POST', '/api/v1/goals', {
    body: { description: 'Another' },
    headers: { 'idempotency-key': 'once-1' },
  });
  expect(other.status).toBe(409);
});

test('the second of two people who edit one task is told, and shown what is there now', async () => {
  const [id = ''] = await tasksOf(await aGoal(), 'Write the page');
  const read = await request('GET', `/api/v1/tasks/${id}`);
  const tag = read.headers.get('etag') ?? '';
  const edit = (description: string, ifMatch: string) =>
    request('PATCH', `/api/v1/tasks/${id}`, { body: { description }, headers: { 'if-match': ifMatch } });
  const first = await edit('Write the page of settings', tag);
  expect(first.status).toBe(200);
  const second = await edit('Write the page of tools', tag);
  expect(second.status).toBe(412);
  expect(second.body).toMatchObject({ code: 'changed', current: { description: 'Write the page of settings' } });
  const third = await edit('Write both pages', first.headers.get('etag') ?? '');
  expect(third.status).toBe(200);
  expect((await request('GET', `/api/v1/tasks/${id}`)).body.description).toBe('Write both pages');
});

test('of many edits that saw one revision, one is done', async () => {
  const [id = ''] = await tasksOf(await aGoal(), 'Raced');
  const tag = (await request('GET', `/api/v1/tasks/${id}`)).headers.get('etag') ?? '';
  const statuses = await Promise.all(
    Array.from({ length: 12 }, async (_, n) => {
      const options = { body: { description: `by ${n}` }, headers: { 'if-match': tag } };
      return (await request('PATCH', `/api/v1/tasks/${id}`, options)).status;
    }),
  );
  expect(statuses.toSorted()).toEqual([200, ...Array.from({ length: 11 }, () => 412)]);
});

test.each([
  ['a goal', 'PATCH', (goal: string) => `/api/v1/goals/${goal}`, { priority: 'low' }],
  ['the end of a goal', 'DELETE', (goal: string) => `/api/v1/goals/${goal}`, undefined],
  ['a status', 'PUT', (_: string, task: string) => `/api/v1/tasks/${task}/status`, { status: 'blocked' }],
  ['the end of a task', 'DELETE', (_: string, task: string) => `/api/v1/tasks/${task}`, undefined],
])('If-Match holds %s', async (_what, method, route, body) => {
  const goal = await aGoal();
  const [task = ''] = await tasksOf(goal, 'x');
  const stale = await request(method, route(goal, task), { body, headers: { 'if-match': '"900"' } });
  expect(stale.status).toBe(412);
  const read = await request('GET', route(goal, task).replace('/status', ''));
  const fresh = await request(method, route(goal, task), {
    body,
    headers: { 'if-match': read.headers.get('etag') ?? '' },
  });
  expect(fresh.status).toBe(200);
});

test('a reader that has the answer is told so, until it changes', async () => {
  const id = await aGoal('Read twice');
  const first = await request('GET', `/api/v1/goals/${id}`);
  const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
  expect((await request('GET', `/api/v1/goals/${id}`, { headers })).status).toBe(304);
  await tasksOf(id, 'new');
  expect((await request('GET', `/api/v1/goals/${id}`, { headers })).status).toBe(200);
  const list = await request('GET', '/api/v1/goals?limit=1');
  const again = { 'if-none-match': list.headers.get('etag') ?? '' };
  expect((await request('GET', '/api/v1/goals?limit=1', { headers: again })).status).toBe(304);
});

test('numbers that a double cannot hold come back to the digit', async () => {
  const body = '{"description":"Exact","metadata":{"id":1234567890123456789,"pi":0.10000000000000001}}';
  const { text } = await request('POST', '/api/v1/goals', { body });
  expect(text).toContain('1234567890123456789');
  expect(text).toContain('0.10000000000000001');
});

test.each([
  ['no such goal', 'GET', '/api/v1/goals/GOAL-99999', undefined, 404, 'not_found', 'GOAL-99999 does not exist'],
  ['no ID', 'GET', '/api/v1/goals/nonsense', undefined, 400, 'invalid', 'goal_id'],
  ['an unknown argument', 'POST', '/api/v1/goals', { description: 'x', colour: 1 }, 400, 'invalid', 'colour'],
  ['an unknown parameter', 'GET', '/api/v1/goals?colour=red', undefined, 400, 'invalid', 'colour'],
  [
    'an argument said twice',
    'PATCH',
    '/api/v1/goals/GOAL-1?priority=low',
    { priority: 'high' },
    400,
    'invalid',
    'twice',
  ],
  ['a body that is no object', 'POST', '/api/v1/goals', [1], 400, 'invalid', 'JSON object'],
  ['broken JSON', 'POST', '/api/v1/goals', '{"description":', 400, 'invalid', 'not JSON'],
  ['no such route', 'GET', '/api/v1/nothing', undefined, 404, 'no_such_route', '/openapi.json'],
] as const)('%s is told as a problem', async (_what, method, route, body, status, code, words) => {
  const answer = await request(method, route, { body });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.body).toMatchObject({ status, code, type: `urn:goal-agent:problem:${code}` });
  expect(answer.body.detail).toContain(words);
});

test('an If-Match that is no tag of ours is refused', async () => {
  const id = await aGoal();
  const answer = await request('PATCH', `/api/v1/goals/${id}`, {
    body: { priority: 'low' },
    headers: { 'if-match': 'W/"x"' },
  });
  expect(answer.status).toBe(400);
});

test('deep JSON is refused in words, and ends nothing', async () => {
  const deep = `{"description":"x","metadata":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
  const { status, body } = await request('POST', '/api/v1/goals', { body: deep });
  expect(status).toBe(400);
  expect(body.detail).toMatch(/levels deep|metadata/);
  expect((await request('GET', '/health')).status).toBe(200);
});
