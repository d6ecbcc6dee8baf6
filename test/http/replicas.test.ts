import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { aClient } from '../support/conversation.ts';
import { aDatabase } from '../support/database.ts';
import { anEventStream, type EventStream } from '../support/event-stream.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { aServer } from '../support/server-process.ts';
import { aServiceForTest, type ServiceProcess } from '../support/service-process.ts';

const database = await aDatabase();
const sql = await aClient(database);
const home = mkdtempSync(path.join(tmpdir(), 'goal-agent-replicas-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const writes = 60;

test('three services and two stdio processes on one database lose nothing when one of them is killed', async () => {
  const services = await Promise.all(Array.from({ length: 3 }, () => aServiceForTest({ database, home })));
  const [first, second, third] = services as [ServiceProcess, ServiceProcess, ServiceProcess];
  const stdio = await Promise.all([aServer({ database }), aServer({ database })]);
  const readers = await Promise.all(services.map((service) => anEventStream(service)));
  await Promise.all(readers.map((reader) => reader.until(({ event }) => event === 'position')));
  const goal = (await first.request('POST', '/api/v1/goals', { body: { description: 'Shared by all' } })).body.id;
  const client = await second.mcpClient('modern');

  const acknowledged: string[] = [];
  const ways: ((n: number) => Promise<string>)[] = [
    ...services.map((service) => async (n: number) => {
      const { status, body } = await service.request('POST', `/api/v1/goals/${goal}/tasks`, {
        body: { subtasks: [{ description: `over REST ${n}` }] },
        headers: { 'idempotency-key': `rest-${service.pid}-${n}` },
      });
      if (status !== 201) throw new Error(JSON.stringify(body));
      return body.tasks[0].id as string;
    }),
    async (n) => {
      const args = { goal_id: goal, subtasks: [{ description: `over MCP ${n}` }] };
      const { structuredContent } = await client.callTool({ name: 'break_down_goal', arguments: args });
      return (structuredContent as { first_task_id: string }).first_task_id;
    },
    ...stdio.map((server) => async (n: number) => {
      const subtasks = [{ description: `over stdio ${n}` }];
      const { answer } = await server.call('break_down_goal', { goal_id: goal, subtasks });
      return answer.first_task_id as string;
    }),
  ];
  let lost = 0;
  await Promise.all(
    ways.map(async (way, place) => {
      for (let n = 0; n < writes; n += 1) {
        // in the middle of everybody's work
        if (place === 0 && n === writes / 3) third.kill('SIGKILL');
        try {
          acknowledged.push(await way(n));
        } catch {
          lost += 1;
        }
      }
    }),
  );
  expect(lost).toBeGreaterThan(0);
  const { rows } = await sql.query('select id from tasks where goal_id = $1', [goal]);
  const stored = rows.map((row) => row.id);
  expect(stored).toEqual(expect.arrayContaining(acknowledged));
  expect(new Set(acknowledged).size).toBe(acknowledged.length);
  // the one call that was under way at the killed service may be there without its answer
  expect(stored.length - acknowledged.length).toBeLessThanOrEqual(1);
  expect(await brokenInvariants(sql)).toEqual({});
  await sawEachOnce(stored, await goesOn(readers, second));
});

/** The reader of the killed service goes on at another one, with its last ID. */
async function goesOn(readers: EventStream[], service: ServiceProcess): Promise<EventStream[][]> {
  const [first, second, cut] = readers as [EventStream, EventStream, EventStream];
  await cut.ended;
  const next = await anEventStream(service, { lastEventId: cut.lastId() ?? '' });
  return [[first], [second], [cut, next]];
}

/** Misses nothing, and sees nothing twice. */
async function sawEachOnce(ids: string[], readers: EventStream[][]): Promise<void> {
  for (const streams of readers) {
    const seen = () =>
      streams
        .flatMap(({ events }) => events)
        .filter(({ event }) => event === 'change')
        .map(({ data }) => JSON.parse(data) as { type: string; id: string })
        .filter(({ type }) => type === 'task.created')
        .map(({ id }) => id);
    await expect.poll(() => seen().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(ids.length);
    expect(seen().toSorted()).toEqual(ids.toSorted());
  }
}
