import { beforeAll, describe, expect, test } from 'vitest';
import { contentsOf } from '../support/contents.ts';
import { aConversation, expectFitForCallers } from '../support/conversation.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { aRawServer, eras } from '../support/server-process.ts';
import { type Arguments, jsonOf, kib256, nested, refused, subtasks, times } from './refused-input.ts';

const conversations = await Promise.all(eras.map((era) => aConversation(era)));
describe.each(conversations)('in the $era era', ({ ask, refusal, server, sql, database }) => {
  beforeAll(async () => {
    await ask('create_goal', { description: 'a goal' });
    await ask('break_down_goal', subtasks({}));
  });

  test.each(refused)('%s is refused by %s', async (_what, tool, args, message) => {
    expect(await refusal(tool, args)).toContain(message);
  });

  test('a task that depends on the ID that it is about to get is refused, and so is a cycle through such IDs', async () => {
    const { rows } = await sql.query(`select next::int4 from counters where kind = 'task'`);
    const ids = [0, 1].map((n) => `TASK-${String(rows[0].next + n).padStart(4, '0')}`);
    expect(await refusal('break_down_goal', subtasks({ dependencies: [ids[0]] }))).toContain(
      `${ids[0]} does not exist`,
    );
    expect(
      await refusal('break_down_goal', subtasks({ dependencies: [ids[1]] }, { dependencies: [ids[0]] })),
    ).toContain('do not exist');
  });

  test('metadata that would grow over its limit by merging is refused', async () => {
    const { id } = await ask<{ id: string }>('create_goal', { description: 'x', metadata: { a: 'x'.repeat(250_000) } });
    expect(await refusal('update_goal', { goal_id: id, metadata: { b: 'x'.repeat(250_000) } })).toBe(
      `metadata: merged into what ${id} has, it would be over the limit of 262144 bytes; remove keys by setting them to null.`,
    );
  });

  test('what is at a limit is taken', async () => {
    const { id } = await ask<{ id: string }>('create_goal', {
      description: '\u4e16'.repeat(10_000),
      repos: times(100, (place) => `${place}`.padEnd(200, 'r')),
      metadata: jsonOf(kib256),
    });
    expect(await ask('get_goal', { goal_id: id, full: true })).toMatchObject({
      description: '\u4e16'.repeat(10_000),
      metadata: jsonOf(kib256),
    });
    const answer = await ask<{ first_task_id: string; last_task_id: string }>('break_down_goal', {
      goal_id: id,
      subtasks: times(1_000, (place) => ({
        description: 'x',
        ...(place === 999 && { dependencies: times(200, (n) => `#${n + 1}`), tools: times(100, String) }),
      })),
    });
    expect(answer).toMatchObject({ created: 1_000 });
    const first = Number(answer.first_task_id.slice(5));
    const updates = times(500, (place) => ({ task_id: `TASK-${first + place}`, status: 'failed', result: place }));
    expect((await ask<{ successful: string[] }>('batch_update_tasks', { updates })).successful).toHaveLength(500);
    const result = jsonOf(kib256);
    await ask('update_task_status', { task_id: answer.last_task_id, status: 'completed', result });
    expect(await ask('get_task', { task_id: answer.last_task_id, full: true })).toMatchObject({ result });
    const deep = nested(99);
    await ask('update_task_status', { task_id: answer.last_task_id, status: 'completed', result: deep });
    expect(await ask('get_task', { task_id: answer.last_task_id })).toMatchObject({ result: deep });
  });

  test.each([[[]], ['x'], [7]])('arguments that are no object are refused: %j', async (args) => {
    const before = await contentsOf(sql);
    const params = { name: 'create_goal', arguments: args as unknown as Arguments };
    await expect(server.client.callTool(params)).rejects.toMatchObject({ code: -32602 });
    expect(await contentsOf(sql)).toEqual(before);
    expect(await ask('list_goals', { limit: 1 })).toMatchObject({ count: 1 });
  });

  test('an unknown tool is refused by its name', async () => {
    await expect(server.call('drop_goal')).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining('drop_goal'),
    });
  });

  test.each([
    ['goal://%E0%A4%A', 'is not the form of a goal ID'],
    ['goal://TASK-0001', '"TASK-0001" is not the form of a goal ID'],
    ['task://x', '"x" is not the form of a task ID'],
    ['plan://GOAL-0999', 'GOAL-0999 does not exist'],
    [`goal://${'x'.repeat(100_000)}`, 'is not the form of a goal ID'],
  ])('a resource that is not there is refused: %.40s', async (uri, message) => {
    const error = await server.client.readResource({ uri }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: -32602 });
    expect(error.message).toContain(message);
    expectFitForCallers(error.message, database);
  });

  test.each(['\0', '\ud800', '%', `' or 1=1`, 'x'.repeat(100_000)])(
    'completion offers nothing for %.20j',
    async (value) => {
      for (const uri of ['goal://{id}', 'task://{id}']) {
        const ref = { type: 'ref/resource' as const, uri };
        const { completion } = await server.client.complete({ ref, argument: { name: 'id', value } });
        expect(completion.values).toEqual([]);
      }
    },
  );

  test('all that was refused leaves every count right', async () => {
    expect(await brokenInvariants(sql)).toEqual({});
  });
});

// a client would not write these: they go over the wire as they are

test('10,000 levels of JSON are refused wherever they are', async () => {
  const { database, sql } = conversations[0] as (typeof conversations)[0];
  const server = aRawServer({ database });
  await server.initialize();
  const deep = '['.repeat(10_000) + ']'.repeat(10_000);
  const before = await contentsOf(sql);
  const calls: [string, string, string][] = [
    ['create_goal', `{"description":"x","metadata":{"a":${deep}}}`, 'metadata is nested more than 100 levels deep'],
    ['create_goal', `{"description":"x","metadata":${deep}}`, 'metadata is a list; it must be an object'],
    ['create_goal', `{"description":${deep}}`, 'description is a list; it must be a string'],
    [
      'create_goal',
      `{"description":"x","priority":${deep}}`,
      'priority is a list; it must be one of high, medium, low',
    ],
    ['create_goal', `{"description":"x","repos":${deep}}`, 'repos[0] is a list; it must be a string'],
    ['create_goal', `{"description":"x","other":${deep}}`, 'it takes no "other"'],
    ['list_goals', `{"limit":${deep}}`, 'limit is a list; it must be a number'],
    ['get_goal', `{"goal_id":${deep}}`, 'goal_id is a list; it must be a string'],
    ['break_down_goal', `{"goal_id":"GOAL-0001","subtasks":${deep}}`, 'subtasks[0] is a list; it must be an object'],
    [
      'update_task_status',
      `{"task_id":"TASK-0001","status":"completed","result":${deep}}`,
      'result is nested more than 100',
    ],
  ];
  for (const [place, [tool, args, message]] of calls.entries()) {
    const id = 1_000 + place;
    server.write(
      `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${tool}","arguments":${args}}}\n`,
    );
    const { result } = await server.answerTo(id);
    expect(result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining(message) }] });
  }
  expect(await contentsOf(sql)).toEqual(before);
});

test('names that every JavaScript object has are unknown arguments like any other', async () => {
  const { database, sql } = conversations[0] as (typeof conversations)[0];
  const server = aRawServer({ database });
  await server.initialize();
  const before = await contentsOf(sql);
  for (const [place, name] of ['constructor', 'hasOwnProperty', 'toString'].entries()) {
    for (const [nth, args] of [
      `{"description":"x","${name}":null}`,
      `{"description":"x","${name}":{"priority":"high"}}`,
    ].entries()) {
      const id = 1_000 + place * 10 + nth;
      server.write(
        `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"create_goal","arguments":${args}}}\n`,
      );
      expect((await server.answerTo(id)).result).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining(`it takes no "${name}"`) }],
      });
    }
  }
  expect(await contentsOf(sql)).toEqual(before);
});

test('a key of metadata that every JavaScript object has is kept like any other', async () => {
  const { database } = conversations[0] as (typeof conversations)[0];
  const server = aRawServer({ database });
  await server.initialize();
  const metadata = '{"__proto__":{"a":1},"constructor":2}';
  server.write(
    `{"jsonrpc":"2.0","id":99,"method":"tools/call","params":{"name":"create_goal","arguments":{"description":"x","metadata":${metadata},"full":true}}}\n`,
  );
  const { result } = await server.answerTo(99);
  expect((result as { content: { text: string }[] }).content[0]?.text).toContain(metadata);
});
