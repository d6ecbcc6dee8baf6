import { expect, test } from 'vitest';
import { aGoal } from '../support/builders.ts';
import { aDatabase, aStore } from '../support/database.ts';
import { anEventStream } from '../support/event-stream.ts';
import { anAddressThatMoves } from '../support/moved-address.ts';
import { freePort } from '../support/server-postgres.ts';
import { aServiceForTest } from '../support/service-process.ts';

const patient = { timeout: 30_000, interval: 100 };

test('while the database is away, callers are told so; it all comes back by itself, and no change was missed', {
  timeout: 90_000,
}, async () => {
  const database = await aDatabase();
  const way = await anAddressThatMoves(database);
  const service = await aServiceForTest({ database: { ...database, host: way.host, port: way.port } });
  const { request } = service;
  const post = (description: string) => request('POST', '/api/v1/goals', { body: { description } });
  const reader = await anEventStream(service);
  await reader.until(({ event }) => event === 'position');
  expect((await post('before')).status).toBe(201);
  await reader.until(({ event }) => event === 'change');
  const client = await service.mcpClient('modern');

  way.moveTo({ host: '127.0.0.1', port: await freePort() }, { cut: true });
  await expect.poll(async () => (await request('GET', '/ready')).status, patient).toBe(503);
  const refused = [
    await request('GET', '/ready'),
    await request('GET', '/api/v1/goals'),
    await post('while away'),
    await request('GET', '/api/v1/changes?since=0'),
  ];
  expect(refused.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
  for (const { body, text } of refused) {
    expect(body.reason ?? body.detail).toMatch(/database|PostgreSQL/);
    expect(text).not.toMatch(new RegExp(`127\\.0\\.0\\.1|${way.port}|${database.password}|ECONN`));
  }
  expect(refused[1]?.headers.get('retry-after')).toBe('1');
  expect(await client.callTool({ name: 'list_goals', arguments: {} })).toMatchObject({ isError: true });
  expect((await request('GET', '/health')).status).toBe(200);
  expect((await request('GET', '/metrics')).text).toContain('goal_agent_up 0');
  const elsewhere = await aStore(database);
  await aGoal({ store: elsewhere, actor: 'somebody else' }, 'meanwhile');

  way.moveTo(database);
  await expect.poll(async () => (await request('GET', '/ready')).status, patient).toBe(200);
  const { body: last } = await post('after');
  expect((await client.callTool({ name: 'list_goals', arguments: {} })).isError ?? false).toBe(false);
  await reader.until(({ data }) => data.includes(`"id":"${last.id}"`));
  const told = reader.events.filter(({ event }) => event === 'change').map(({ data }) => JSON.parse(data));
  expect(told.map(({ after }) => after.description)).toEqual(['before', 'meanwhile', 'after']);
  expect(service.log()).not.toContain('defect');
});
