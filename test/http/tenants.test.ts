import type { Client } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { anEventStream } from '../support/event-stream.ts';
import { aService, connectClient } from '../support/service-process.ts';
import { aWorld } from '../support/tenants.ts';

const world = await aWorld();
const service = await aService({ database: world.connection });
const [mine, theirs] = [await world.tenant('mine'), await world.tenant('theirs')];
const headersOf = ({ secret }: { secret: string }) => ({ authorization: `Bearer ${secret}` });
const [me, them] = await Promise.all(
  [mine, theirs].map((tenant) => connectClient(`${service.url}/mcp`, 'modern', headersOf(tenant))),
);

async function aGoal(client: Client | undefined, description: string): Promise<string> {
  const { structuredContent } = (await client?.callTool({ name: 'create_goal', arguments: { description } })) ?? {};
  return (structuredContent as { id: string }).id;
}

test('resources and completions show nothing of the other tenant', async () => {
  await aGoal(me, 'mine alone');
  const secret = await aGoal(them, 'theirs, the first');
  const second = await aGoal(them, 'theirs, the second');
  const { resources } = (await me?.listResources({}, { cacheMode: 'refresh' })) ?? { resources: [] };
  // the rest is of the program, and the same for all
  const goals = resources.filter(({ uri }) => uri.startsWith('goal://'));
  expect(goals.map(({ title }) => title)).toEqual([expect.stringContaining('mine alone')]);
  expect(JSON.stringify(resources)).not.toContain('theirs');
  const page = await me?.readResource({ uri: `goal://${secret}` });
  expect(JSON.stringify(page)).toContain('mine alone');
  const [foreign, unknown] = await Promise.all(
    [second, 'GOAL-9999'].map((id) => me?.readResource({ uri: `goal://${id}` }).catch((error) => String(error))),
  );
  expect(String(foreign).replaceAll(second, 'ID')).toBe(String(unknown).replaceAll('GOAL-9999', 'ID'));
  const ref = { type: 'ref/resource' as const, uri: 'goal://{id}' };
  const { completion } = (await me?.complete({ ref, argument: { name: 'id', value: '' } })) ?? {};
  expect(completion?.values).toEqual(['GOAL-0001']);
});

test('a stream of changes and its positions show nothing of the other tenant', async () => {
  const stream = await anEventStream(service, { token: mine.secret });
  await stream.until(({ event }) => event === 'position');
  await aGoal(them, 'their change');
  const id = await aGoal(me, 'my change');
  const told = await stream.until(({ event }) => event === 'change');
  expect(JSON.parse(told.data)).toMatchObject({ id, type: 'goal.created' });
  expect(stream.events.filter(({ event }) => event === 'change')).toHaveLength(1);
  const page = await service.request('GET', '/api/v1/changes?since=0', { headers: headersOf(mine) });
  expect(new Set(page.body.changes.map((change: { kind: string }) => change.kind))).toEqual(new Set(['goal']));
  // each tenant counts its own goals from 1; the other's would come twice
  const goals = page.body.changes.map((change: { id: string }) => change.id);
  expect(goals).toEqual([...new Set(goals)]);
});

test('a subscription hears of its own rows alone, though the other has rows of the same IDs', async () => {
  const told: string[] = [];
  me?.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    told.push(params.uri);
  });
  for (const client of [me, them]) {
    const args = { goal_id: 'GOAL-0001', subtasks: [{ description: 'a task' }] };
    await client?.callTool({ name: 'break_down_goal', arguments: args });
  }
  const { resourceTemplates } = (await me?.listResourceTemplates()) ?? { resourceTemplates: [] };
  const ofFirst = resourceTemplates
    .filter(({ uriTemplate }) => /^(?:goal|task|plan):/.test(uriTemplate))
    .map(({ uriTemplate }) =>
      uriTemplate.replace(/\{\w+\}/, uriTemplate.startsWith('task') ? 'TASK-0001' : 'GOAL-0001'),
    );
  expect(ofFirst).toHaveLength(3);
  await me?.listen({ resourceSubscriptions: [...ofFirst, 'goal://GOAL-0002'] });
  const note = (client: Client | undefined, on: Record<string, string>) =>
    client?.callTool({ name: 'add_note', arguments: { ...on, text: 'news' } });
  await note(them, { goal_id: 'GOAL-0001' });
  await note(them, { task_id: 'TASK-0001' });
  await note(me, { goal_id: 'GOAL-0002' });
  await expect.poll(() => told, { timeout: 10_000 }).toContain('goal://GOAL-0002');
  expect(new Set(told)).toEqual(new Set(['goal://GOAL-0002']));
});

test('metrics are not for the tenants of other workspaces', async () => {
  const { status } = await service.request('GET', '/metrics', { headers: headersOf(mine) });
  expect(status).toBe(403);
});
