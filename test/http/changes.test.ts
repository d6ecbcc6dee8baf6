import { expect, test } from 'vitest';
import { aDatabase } from '../support/database.ts';
import { anEventStream } from '../support/event-stream.ts';
import { aServer } from '../support/server-process.ts';
import { aService, aServiceForTest } from '../support/service-process.ts';

const database = await aDatabase();
const service = await aService({ database });
const { request } = service;

async function aGoal(description: string): Promise<string> {
  return (await request('POST', '/api/v1/goals', { body: { description } })).body.id;
}

test('a reader hears of what any process changes', async () => {
  const stream = await anEventStream(service);
  await stream.until(({ event }) => event === 'position');
  const stdio = await aServer({ database });
  const { answer } = await stdio.call('create_goal', { description: 'From another process' });
  const told = await stream.until(({ data }) => data.includes(String(answer.id)));
  expect(told.event).toBe('change');
  expect(JSON.parse(told.data)).toMatchObject({ type: 'goal.created', id: answer.id, position: told.id });
});

test('a reader that comes back with its last ID misses nothing and sees nothing twice', async () => {
  const first = await anEventStream(service);
  await first.until(({ event }) => event === 'position');
  const ids = [await aGoal('one'), await aGoal('two')];
  await first.until(({ data }) => data.includes(ids[1] ?? ''));
  first.close();
  ids.push(await aGoal('three'), await aGoal('four'));
  const second = await anEventStream(service, { lastEventId: first.lastId() ?? '' });
  await second.until(({ data }) => data.includes(`"${ids[3]}"`));
  const seen = [...first.events, ...second.events]
    .filter(({ event }) => event === 'change')
    .map(({ data }) => JSON.parse(data).id);
  expect(seen).toEqual(ids);
});

test('a reader of one goal hears of that goal alone', async () => {
  const [mine, other] = [await aGoal('mine'), await aGoal('other')];
  const stream = await anEventStream(service, { query: `?goal_id=${mine}` });
  await stream.until(({ event }) => event === 'position');
  await request('PATCH', `/api/v1/goals/${other}`, { body: { priority: 'high' } });
  await request('PATCH', `/api/v1/goals/${mine}`, { body: { priority: 'low' } });
  const told = await stream.until(({ event }) => event === 'change');
  expect(JSON.parse(told.data)).toMatchObject({ id: mine, type: 'goal.updated', changed: ['priority'] });
});

test('a page of changes is JSON for those who ask so', async () => {
  const { body } = await request('GET', '/api/v1/changes?since=0&limit=2');
  expect(body.changes).toHaveLength(2);
  expect(body.is_caught_up).toBe(false);
  const next = await request('GET', `/api/v1/changes?since=${body.position}&limit=1`);
  expect(next.body.changes[0].position).not.toBe(body.position);
});

test('a position of another history is an error that says so, and never a gap', async () => {
  const stream = await anEventStream(service, { lastEventId: '1-000000000000' });
  expect(stream.status).toBe(410);
  const { status, body } = await request('GET', '/api/v1/changes?since=1-000000000000');
  expect({ status, code: body.code }).toEqual({ status: 410, code: 'position_gone' });
});

test.each([
  ['?since=nonsense', 'since'],
  ['?limit=0', 'limit'],
  ['?goal_id=x', 'goal_id'],
  ['?colour=red', 'colour'],
])('wrong parameters are named: %s', async (query, word) => {
  const { status, body } = await request('GET', `/api/v1/changes${query}`);
  expect(status).toBe(400);
  expect(body.detail).toContain(word === 'since' ? 'position' : word);
});

test('a service that stops ends its streams, and the reader goes on elsewhere without a gap', async () => {
  const first = await aServiceForTest({ database });
  const stream = await anEventStream(first);
  await stream.until(({ event }) => event === 'position');
  await aGoal('before the stop');
  await stream.until(({ event }) => event === 'change');
  first.kill('SIGTERM');
  await stream.ended;
  expect(await first.exited).toMatchObject({ code: 0 });
  const id = await aGoal('after the stop');
  const again = await anEventStream(service, { lastEventId: stream.lastId() ?? '' });
  const told = await again.until(({ event }) => event === 'change');
  expect(JSON.parse(told.data).id).toBe(id);
});

test('a client that subscribed to a resource is told when any process changes it', async () => {
  const id = await aGoal('Watched');
  const client = await service.mcpClient('modern');
  const told: string[] = [];
  let wake = () => {};
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    told.push(params.uri);
    wake();
  });
  await client.listen({ resourceSubscriptions: [`goal://${id}`] });
  const stdio = await aServer({ database });
  const news = new Promise<void>((resolve) => {
    wake = resolve;
  });
  await stdio.call('break_down_goal', { goal_id: id, subtasks: [{ description: 'step' }] });
  await news;
  expect(new Set(told)).toEqual(new Set([`goal://${id}`]));
});
