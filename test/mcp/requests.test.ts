import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Tool } from '../../src/tools/define/define-tool.ts';
import { tools } from '../../src/tools/index.ts';
import { aLockOn } from '../support/blocked.ts';
import { contentsOf } from '../support/contents.ts';
import { aClient, aConversation, allTools, type Conversation } from '../support/conversation.ts';
import { aDatabase } from '../support/database.ts';
import { aRawServer, aServerForTest, eras, type ServerProcess } from '../support/server-process.ts';

const conversations = await Promise.all(eras.map((era) => aConversation(era, allTools)));

/** A goal, and three tasks of it, of which the third waits for the second. */
async function aWork({ ask }: Pick<Conversation, 'ask'>) {
  const { id } = await ask<{ id: string }>('create_goal', { description: 'a goal' });
  const subtasks = [{ description: 'a' }, { description: 'b' }, { description: 'c', dependencies: ['#2'] }];
  const { tasks } = await ask<{ tasks: { id: string }[] }>('break_down_goal', { goal_id: id, subtasks });
  const [a, b, c] = tasks.map((task) => task.id);
  return { id, a, b, c };
}

type Work = Awaited<ReturnType<typeof aWork>>;

/** Arguments of each writing tool. A new one belongs in here. */
const writes: Record<string, (work: Work) => Record<string, unknown>> = {
  create_goal: () => ({ description: 'once', metadata: { z: 1, a: { y: null, b: [1, 2] }, 7: 'seven' } }),
  break_down_goal: ({ id, a }) => ({ goal_id: id, subtasks: [{ description: 'x', dependencies: [a] }] }),
  update_task_status: ({ b }) => ({ task_id: b, status: 'completed', result: { z: 1, a: 2 } }),
  claim_tasks: ({ id }) => ({ goal_id: id }),
  release_tasks: ({ a, b }) => ({ task_ids: [a, b] }),
  acquire: ({ id }) => ({ names: [`${id}/**`, `of ${id}`] }),
  release: ({ id }) => ({ names: [`${id}/**`] }),
  add_note: ({ c }) => ({ task_id: c, text: 'a finding' }),
  update_goal: ({ id }) => ({ goal_id: id, status: 'cancelled', metadata: { k: 'v' } }),
  update_task: ({ a, c }) => ({ task_id: c, priority: 'high', add_dependencies: [a] }),
  batch_update_tasks: ({ a, c }) => ({
    updates: [a, c, 'TASK-9999'].map((task_id) => ({ task_id, status: 'failed' })),
  }),
  save_template: ({ id }) => ({ name: `of-${id}`, goal_id: id }),
  apply_template: ({ id }) => ({ name: `of-${id}` }),
  recur_template: ({ id }) => ({ name: `of-${id}`, rule: '0 9 * * MON' }),
  delete_template: ({ id }) => ({ name: `of-${id}` }),
  delete_task: ({ b }) => ({ task_id: b }),
  delete_goal: ({ id }) => ({ goal_id: id }),
  undo: () => ({}),
};

/** What a tool gives back is held before. */
async function prepare(tool: string, { ask }: Pick<Conversation, 'ask'>, { id, a }: Work): Promise<void> {
  if (tool === 'release_tasks') await ask('claim_tasks', { task_ids: [a] });
  if (/^(apply|recur|delete)_template$/.test(tool)) await ask('save_template', { name: `of-${id}`, goal_id: id });
  if (tool === 'release') await ask('acquire', { names: [`${id}/**`] });
}

test('every writing tool takes a request_id, and no other does', () => {
  const taking = tools.filter((tool) => 'request_id' in tool.input.shape).map((tool) => tool.name);
  expect(taking.toSorted()).toEqual(Object.keys(writes).toSorted());
  expect(taking).toEqual(tools.filter((tool) => !tool.hints.readOnlyHint).map((tool) => tool.name));
});

test.each(Object.keys(writes))('%s locks no row that all writers share', async (tool) => {
  const { ask, server, sql } = conversations[0] as Conversation;
  const work = await aWork({ ask });
  await prepare(tool, { ask }, work);
  // who locks a row writes itself down in it
  const lastLocker = async () => (await sql.query('select xmax from workspaces')).rows;
  const before = await lastLocker();
  const { error } = await server.call(tool, { ...writes[tool]?.(work), request_id: randomUUID() });
  expect(error).toBeUndefined();
  expect(await lastLocker()).toEqual(before);
});

describe.each(conversations)('in the $era era', (conversation) => {
  const { ask, refusal, server, sql } = conversation;

  test.each(Object.keys(writes))(
    '%s that is repeated answers the same, to the letter, and writes nothing',
    async (tool) => {
      const work = await aWork(conversation);
      await prepare(tool, conversation, work);
      const { whole } = tools.find(({ name }) => name === tool) as Tool;
      const args = { ...writes[tool]?.(work), ...(whole && { full: false }), request_id: randomUUID() };
      const empty = await contentsOf(sql);
      const first = await server.call(tool, args);
      expect(first.error).toBeUndefined();
      const after = await contentsOf(sql);
      expect(after.events).not.toBe(empty.events);
      for (let n = 0; n < 2; n += 1) {
        await ask(tool, args);
        expect(await server.call(tool, args)).toEqual(first);
      }
      expect(await contentsOf(sql)).toEqual(after);
      // with another id it is another call, which some of these tools refuse by now
      await server.call(tool, { ...args, request_id: randomUUID() });
      expect(await server.call(tool, args)).toEqual(first);
    },
  );

  test('with other arguments, or of another tool, it is refused, with the call that has the id and when it was', async () => {
    const { id, a } = await aWork(conversation);
    const request_id = `what "I" did ${randomUUID()}`;
    await ask('add_note', { goal_id: id, text: 'one', request_id });
    const said =
      /^request_id "what \\"I\\" did [-0-9a-f]+" is that of a call of add_note at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, which had other arguments; nothing was changed\. Use a new request_id, or repeat that call as it was\.$/;
    expect(await refusal('add_note', { goal_id: id, text: 'two', request_id })).toMatch(said);
    expect(await refusal('add_note', { task_id: a, text: 'one', request_id })).toMatch(said);
    expect(await refusal('delete_goal', { goal_id: id, request_id })).toMatch(said);
    await ask('add_note', { goal_id: id, text: 'one', request_id });
  });

  test('the same arguments are the same however they are written', async () => {
    const { id } = await aWork(conversation);
    const request_id = randomUUID();
    const first = await ask('update_goal', { goal_id: id, metadata: { a: 1, b: { c: [1], d: 2 } }, request_id });
    const before = await contentsOf(sql);
    const again = { request_id, metadata: '{"b":{"d":2,"c":[1]},"a":1}', goal_id: id.toLowerCase(), repos: null };
    expect(await ask('update_goal', again)).toEqual(first);
    const created = await ask('create_goal', { description: 'd', request_id: `${request_id}-2` });
    const filledIn = { description: 'd', priority: 'medium', repos: [], metadata: {}, request_id: `${request_id}-2` };
    expect(await ask('create_goal', filledIn)).toEqual(created);
    expect((await contentsOf(sql)).tasks).toEqual(before.tasks);
    expect(await refusal('update_goal', { ...again, metadata: { a: 1, b: { c: [1], d: null } } })).toMatch(/other arg/);
  });

  test('a call that was refused leaves its id free, for the same call and for a corrected one', async () => {
    const { id, a, c } = await aWork(conversation);
    const request_id = randomUUID();
    const closing = { task_id: a, add_dependencies: [c] };
    await ask('update_task', { task_id: c, add_dependencies: [a] });
    expect(await refusal('update_task', { ...closing, request_id })).toMatch(/wait for each other/);
    expect(await refusal('update_task', { ...closing, request_id })).toMatch(/wait for each other/);
    expect(await refusal('delete_goal', { goal_id: 'GOAL-9999', request_id })).toMatch(/does not exist/);
    expect(await refusal('add_note', { goal_id: id, text: ' ', request_id })).toMatch(/is empty/);
    const note = await ask('add_note', { goal_id: id, text: 'right', request_id });
    expect(await ask('add_note', { goal_id: id, text: 'right', request_id })).toEqual(note);
  });

  test('an id is kept for 24 hours, and old ones are removed a few at a time', async () => {
    const request_id = randomUUID();
    const args = { description: 'daily', request_id };
    const first = await ask('create_goal', args);
    const age = (interval: string, id = request_id) =>
      sql.query(`update operations set at = now() - $1::interval where request_id = $2`, [interval, id]);
    await age('23 hours 59 minutes');
    expect(await ask('create_goal', args)).toEqual(first);
    await age('24 hours');
    const second = await ask('create_goal', args);
    expect(second.id).not.toBe(first.id);
    expect(await ask('create_goal', args)).toEqual(second);
    await age('25 hours');
    // a new day, another call
    await ask('create_goal', { description: 'another', request_id });
    await sql.query(
      `
      insert into operations (workspace_id, id, actor, request_id, tool, arguments_hash, answer, at)
      select workspaces.id, gen_random_uuid(), 'x', 'old ' || n, 'create_goal', 'x', '{}', now() - interval '2 days'
      from workspaces, generate_series(1, 50) n
      where workspaces.name = 'default'`,
    );
    const old = async () =>
      (await sql.query(`select count(*)::int4 as n from operations where request_id like 'old %'`)).rows[0].n;
    const counts: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      await ask('create_goal', { description: 'sweep', request_id: randomUUID() });
      counts.push(await old());
    }
    expect(counts).toEqual([30, 10, 0, 0]);
    expect(await ask('create_goal', { description: 'another', request_id })).toMatchObject({ description: 'another' });
  });

  test('twenty at once are one, in one process and in several of one name', async () => {
    const { agent_config: own } = await ask<{ agent_config: { name: string } }>('get_agent_status');
    const env = { GOAL_AGENT_NAME: own.name };
    const others = await Promise.all(
      [0, 1, 2].map((n) => aServerForTest({ database: conversation.database, era: eras[n % 2] ?? 'modern', env })),
    );
    for (const servers of [[server], [server, ...others]]) {
      const before = await contentsOf(sql);
      const args = { description: 'one of twenty', request_id: randomUUID() };
      const calls = Array.from({ length: 20 }, (_, n) =>
        (servers[n % servers.length] as ServerProcess).call('create_goal', args),
      );
      const answers = await Promise.all(calls);
      expect(answers.filter(({ error }) => error !== undefined)).toEqual([]);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      const after = await contentsOf(sql);
      const goals = (contents: Record<string, string>) => Number(contents.goals?.split(' ')[0]);
      expect(goals(after)).toBe(goals(before) + 1);
      if (servers.length > 1) continue;
      // in one process they take no numbers either
      expect(answers[0]?.answer.id).toBe(`GOAL-${(before.counters?.match(/goal (\d+)/)?.[1] ?? '').padStart(4, '0')}`);
      expect(after.counters).not.toMatch(new RegExp(`goal ${Number(before.counters?.match(/goal (\d+)/)?.[1]) + 2}`));
    }
    const { id } = await ask<{ id: string }>('create_goal', { description: 'to go' });
    const gone = { goal_id: id, request_id: randomUUID() };
    const all = [server, ...others];
    const deleted = await Promise.all(
      all.flatMap((each) => [each, each]).map((each) => each.call('delete_goal', gone)),
    );
    expect(new Set(deleted.map(({ text }) => text)).size).toBe(1);
    expect(deleted[0]?.answer).toMatchObject({ deleted_goal_id: id });
  });

  test('a call that is taken back leaves nothing, and its repeat does it', async () => {
    const own = await aServerForTest({ database: conversation.database, era: conversation.era });
    await own.call('get_agent_status');
    const before = await contentsOf(sql);
    const lock = await aLockOn('goals', conversation.database);
    const args = { description: 'taken back', request_id: randomUUID() };
    const abort = new AbortController();
    const outcome = own.call('create_goal', args, { signal: abort.signal }).catch(() => 'gone');
    await lock.untilBlocked();
    abort.abort();
    expect(await outcome).toBe('gone');
    await lock.untilIdle();
    await lock.release();
    expect({ ...(await contentsOf(sql)), counters: '' }).toEqual({ ...before, counters: '' });
    const { answer, error } = await own.call('create_goal', args);
    expect(error).toBeUndefined();
    expect((await own.call('create_goal', args)).answer).toEqual(answer);
  });

  test('what a client that leaves had asked for is done once, and no process stays behind', async () => {
    const own = aRawServer({ database: conversation.database, env: { GOAL_AGENT_NAME: 'raw' } });
    await own.initialize();
    await own.call('get_agent_status');
    const before = await contentsOf(sql);
    const lock = await aLockOn('goals', conversation.database);
    const args = { description: 'left', request_id: randomUUID() };
    // the second waits for the first
    for (let n = 0; n < 2; n += 1) own.begin('tools/call', { name: 'create_goal', arguments: args });
    await lock.untilBlocked();
    own.endInput();
    await lock.release();
    expect(await own.exited).toEqual({ code: 0, signal: null });
    const goals = (contents: Record<string, string>) => Number(contents.goals?.split(' ')[0]);
    expect(goals(await contentsOf(sql))).toBe(goals(before) + 1);
    const again = aRawServer({ database: conversation.database, env: { GOAL_AGENT_NAME: 'raw' } });
    await again.initialize();
    expect((await again.call('create_goal', args)).error).toBeUndefined();
    expect(goals(await contentsOf(sql))).toBe(goals(before) + 1);
  });

  test.each([
    [' ', /request_id " " is empty/],
    ['x'.repeat(101), /request_id has 101 characters; the limit is 100/],
    ['a\0b', /request_id .* has a NUL character/],
    ['\ud800', /request_id .* half of a surrogate pair/],
    [7, /request_id is 7; it must be a string/],
  ])('request_id %j is refused', async (request_id, said) => {
    expect(await refusal('create_goal', { description: 'x', request_id })).toMatch(said);
  });

  test('null and "" are no request_id, any other text is one, and reading tools take none', async () => {
    const { id } = await ask<{ id: string }>('create_goal', { description: 'x', request_id: null });
    for (const request_id of [null, '']) {
      expect((await ask('create_goal', { description: 'x', request_id })).id).not.toBe(id);
    }
    const request_id = `${'\u4e16\u{1f600}'.repeat(20)} '";--`;
    const first = await ask('create_goal', { description: 'x', request_id });
    expect(await ask('create_goal', { description: 'x', request_id })).toEqual(first);
    expect(await refusal('list_goals', { request_id: 'x' })).toMatch(/takes no "request_id"/);
  });
});

test("two agents that use one id for the same call do not get each other's claims; each gets its own again", async () => {
  const [{ database, ask, ...first }] = conversations as [Conversation];
  const { a, b } = await aWork({ ask });
  const named = (name: string) => aServerForTest({ database, env: { GOAL_AGENT_NAME: name } });
  const [ann, bob] = await Promise.all([named('ann'), named('bob')]);
  const args = { task_ids: [a], request_id: '1' };
  const claimed = await ann.call('claim_tasks', args);
  expect(claimed.answer).toMatchObject({ tasks: [{ id: a, claimed_by: 'ann' }] });
  expect((await bob.call('claim_tasks', args)).error).toMatch(/ by ann at /);
  expect((await (await named('ann')).call('claim_tasks', args)).answer).toEqual(claimed.answer);
  // who is named in the arguments is the agent, whichever process asks for it
  const asCarl = { task_ids: [b], agent: 'carl', request_id: '2' };
  const carls = await ann.call('claim_tasks', asCarl);
  expect(carls.answer).toMatchObject({ tasks: [{ claimed_by: 'carl' }] });
  expect((await bob.call('claim_tasks', asCarl)).answer).toEqual(carls.answer);
  expect((await bob.call('claim_tasks', { ...asCarl, agent: 'dora' })).error).toMatch(/had other arguments/);
  expect(first.server.stderr()).not.toContain('defect');
});

test('two sessions of one client that use one id do not get one claim, and the second is told whose call it was', async () => {
  const [{ database, ask }] = conversations as [Conversation];
  const { id: goal_id } = await aWork({ ask });
  const [first, second] = await Promise.all([aServerForTest({ database }), aServerForTest({ database })]);
  const args = { goal_id, limit: 1, request_id: 'claim-1' };
  const claimed = await first.call('claim_tasks', args);
  const [task] = claimed.answer.tasks as [{ id: string; claimed_by: string }];
  const { error } = await second.call('claim_tasks', args);
  expect(error).toContain(`request_id "claim-1" is that of a call of claim_tasks by ${task.claimed_by} at `);
  expect(error).toMatch(
    /; nothing was changed\. Use a new request_id\. If that was you before a restart, the call is done/,
  );
  expect((await first.call('claim_tasks', args)).answer).toEqual(claimed.answer);
  const own = await second.call('claim_tasks', { ...args, request_id: 'claim-2' });
  expect(JSON.stringify(own.answer)).not.toContain(`"id":"${task.id}"`);
});

test('an id belongs to its workspace', async () => {
  const [{ database }] = conversations as [Conversation];
  const sql = await aClient(database);
  const other = await aServerForTest({ database, env: { GOAL_AGENT_WORKSPACE: 'other' } });
  const [{ ask }] = conversations as [Conversation];
  const args = { description: 'here', request_id: randomUUID() };
  await ask('create_goal', args);
  expect((await other.call('create_goal', { ...args, description: 'there' })).error).toBeUndefined();
  const { rows } = await sql.query('select count(*)::int4 as n from operations where request_id = $1', [
    args.request_id,
  ]);
  expect(rows).toEqual([{ n: 2 }]);
});

test('a server that offers the core tools takes request ids too, and one that only reads has no tool for them', async () => {
  const database = await aDatabase();
  const core = await aServerForTest({ database, env: { GOAL_AGENT_TOOLSETS: 'core' } });
  const args = { description: 'x', request_id: 'x' };
  const { answer } = await core.call('create_goal', args);
  expect((await core.call('create_goal', args)).answer).toEqual(answer);
  const reader = await aServerForTest({ database, env: { GOAL_AGENT_READ_ONLY: 'true' } });
  const { tools: listed } = await reader.client.listTools();
  expect(JSON.stringify(listed)).not.toContain('request_id');
});

test.each(['1', '2'])(
  'twenty calls at once, each with an id of its own, find their way through a pool of %s',
  async (size) => {
    const database = await aDatabase();
    const env = { POSTGRES_POOL_SIZE: size, POSTGRES_MAX_OVERFLOW: '0' };
    const server = await aServerForTest({ database, env });
    const twenty = (tool: string, args: (n: number) => Record<string, unknown>) =>
      Promise.all(
        Array.from({ length: 20 }, async (_, n) => {
          const { answer, error } = await server.call(tool, { ...args(n), request_id: randomUUID() });
          expect(error).toBeUndefined();
          return answer;
        }),
      );
    const goals = await twenty('create_goal', (n) => ({ description: `goal ${n}` }));
    expect(new Set(goals.map(({ id }) => id)).size).toBe(20);
    // more events each than a block of numbers has
    const subtasks = Array.from({ length: 150 }, () => ({ description: 'x' }));
    await twenty('break_down_goal', (n) => ({ goal_id: goals[n]?.id, subtasks }));
    expect((await twenty('delete_goal', (n) => ({ goal_id: goals[n]?.id }))).map((each) => each.deleted_tasks)).toEqual(
      Array.from({ length: 20 }, () => 150),
    );
  },
);
