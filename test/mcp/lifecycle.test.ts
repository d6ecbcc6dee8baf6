import net from 'node:net';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { chooseTools, defaultToolsets } from '../../src/tools/toolsets.ts';
import { aLockOn } from '../support/blocked.ts';
import { contentsOf } from '../support/contents.ts';
import { aClient, expectFitForCallers } from '../support/conversation.ts';
import { aDatabase } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { findServerPostgres, startServerPostgres } from '../support/server-postgres.ts';
import { aRawServer, aServerForTest, eras, type RawServer } from '../support/server-process.ts';

const byDefault = chooseTools({ names: defaultToolsets, readOnly: false });

const database = await aDatabase();
const sql = await aClient(database);
const promptMs = 5_000;
/** A server that keeps silent is given up after ten seconds: what waits for it takes longer than this. */
const beforeGivenUpMs = 8_000;

async function aReadyServer(env: Record<string, string> = {}): Promise<RawServer> {
  const server = aRawServer({ database, env });
  await server.initialize();
  const { error } = await server.call('get_agent_status');
  expect(error).toBeUndefined();
  return server;
}

/** What the process exits with, or that it did not. */
function exitOf(server: RawServer, withinMs = promptMs): Promise<unknown> {
  const late = setTimeout(withinMs, `still runs after ${withinMs} ms`);
  return Promise.race([server.exited, late]);
}

const aGoal = { name: 'create_goal', arguments: { description: 'a goal' } };
const goalCount = async () => (await sql.query('select count(*)::int4 as n from goals')).rows[0].n;

describe('before the database is up', () => {
  test('the handshake and the list of tools are answered while nothing listens, and calls say what is wrong', async () => {
    const nowhere = { ...database, host: '127.0.0.1', port: await closedPort(), password: 'a-secret-word' };
    const server = aRawServer({ database: nowhere });
    expect(await server.initialize()).toMatchObject({ result: { serverInfo: { name: 'goal-agent' } } });
    expect((await server.request('tools/list')).result?.tools).toHaveLength(byDefault.length);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const { error } = await server.call('create_goal', { description: 'x' });
      expect(error).toMatch(/^The database is not running, .* Try again in a moment/);
      expectFitForCallers(error ?? '', nowhere);
    }
    const { answer } = await server.call('get_agent_status');
    expect(answer).toMatchObject({
      persistence: { connected: false, problem: expect.any(String) },
      current_state: null,
    });
    expect(server.lines().join()).not.toContain('a-secret-word');
    expect(server.stderr()).not.toContain('a-secret-word');
    server.endInput();
    expect(await exitOf(server)).toEqual({ code: 0, signal: null });
  });

  test('the handshake and the list of tools are answered while a server keeps silent', async () => {
    const server = aRawServer({ database: await aSilentServer() });
    const begun = performance.now();
    expect(await server.initialize()).toHaveProperty('result');
    expect((await server.request('tools/list')).result?.tools).toHaveLength(byDefault.length);
    expect(performance.now() - begun).toBeLessThan(beforeGivenUpMs);
  });

  test('a client that leaves while a server keeps silent need not wait for it', async () => {
    const server = aRawServer({ database: await aSilentServer() });
    await server.initialize();
    server.endInput();
    expect(await exitOf(server)).toEqual({ code: 0, signal: null });
  });
});

describe.skipIf(findServerPostgres() === undefined)('on a PostgreSQL that is killed', () => {
  test('calls in flight fail with a clear error, the process lives, and works on when the database is back', async () => {
    const postgres = await startServerPostgres();
    onTestFinished(() => postgres.stop());
    const { host, port, user, password } = postgres;
    const own = { host, port, user, password, database: 'goals' };
    await administer({ ...own, database: 'postgres' }, 'create database goals');
    const server = aRawServer({ database: own });
    await server.initialize();
    const kept = (await server.call('create_goal', { description: 'kept' })).answer.id;

    const lock = await aLockOn('goals', own);
    const writing = server.call('create_goal', { description: 'in flight' });
    await lock.untilBlocked();
    await postgres.kill9();
    const { error } = await writing;
    expect(error).toMatch(
      /lost while the change was being saved: it may or may not be there\. Read what it was to change/,
    );
    expectFitForCallers(error ?? '', own);
    const down = await server.call('list_goals');
    expect(down.error).toMatch(/^The database .* Try again/);
    expectFitForCallers(down.error ?? '', own);

    await postgres.restart();
    const { answer } = await server.call('list_goals');
    expect(answer).toMatchObject({ goals: [{ id: kept }], total: 1 });
    const next = await server.call('create_goal', { description: 'after' });
    expect(next.error).toBeUndefined();
    expect(next.answer.id).not.toBe(kept);
    server.endInput();
    expect(await exitOf(server)).toEqual({ code: 0, signal: null });
  });
});

describe('when connections are taken away', () => {
  test('a write whose connection was ended is done once, on another', async () => {
    const server = await aReadyServer();
    const before = await goalCount();
    const lock = await aLockOn('goals', database);
    const writing = server.call('create_goal', { description: 'once' });
    await lock.untilBlocked();
    await lock.terminateBlocked();
    await lock.untilBlocked();
    await lock.release();
    expect((await writing).error).toBeUndefined();
    expect(await goalCount()).toBe(before + 1);
  });

  test('a write whose connections are ended again and again says that its outcome is not known, and the next works', async () => {
    const server = await aReadyServer({ POSTGRES_POOL_SIZE: '1', POSTGRES_MAX_OVERFLOW: '0' });
    const before = await contentsOf(sql);
    const lock = await aLockOn('goals', database);
    const writing = server.call('create_goal', { description: 'lost' });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await lock.untilBlocked();
      await lock.terminateBlocked();
    }
    const { error } = await writing;
    expect(error).toMatch(/may or may not be there/);
    expectFitForCallers(error ?? '', database);
    await lock.release();
    const { goals, events } = await contentsOf(sql);
    expect({ goals, events }).toEqual({ goals: before.goals, events: before.events });
    expect((await server.call('create_goal', { description: 'next' })).error).toBeUndefined();
  });

  test('idle connections that were ended are replaced without an error', async () => {
    const server = await aReadyServer();
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(Array.from({ length: 8 }, () => server.call('list_goals')));
      await sql.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'goal-agent'`);
      await setTimeout(100);
      const answers = await Promise.all([server.call('list_goals'), server.call('create_goal', { description: 'x' })]);
      expect(answers.map((answer) => answer.error)).toEqual([undefined, undefined]);
    }
  });

  test('a statement that runs over its time is an error that says so, and nothing was changed', async () => {
    const server = await aReadyServer({ GOAL_AGENT_TIMEOUT: '1' });
    const before = await goalCount();
    const lock = await aLockOn('goals', database);
    const { error } = await server.call('create_goal', { description: 'slow' });
    expect(error).toBe('The call was cancelled or ran over its time; nothing was changed.');
    await lock.release();
    expect(await goalCount()).toBe(before);
  });
});

describe('when the client goes away', () => {
  test('a call that runs when stdin closes is done and answered, and then the process ends', async () => {
    const server = await aReadyServer();
    const before = await goalCount();
    const lock = await aLockOn('goals', database);
    const call = server.begin('tools/call', aGoal);
    await lock.untilBlocked();
    server.endInput();
    expect(await exitOf(server, 1_000)).toMatch(/still runs/);
    await lock.release();
    expect(await server.answerTo(call)).toHaveProperty('result.structuredContent.id');
    expect(await exitOf(server)).toEqual({ code: 0, signal: null });
    expect(await goalCount()).toBe(before + 1);
  });

  test('a client that closes stdin waits no longer than a statement may take, and leaves no process, no statement and no half of a change', async () => {
    const server = await aReadyServer({ GOAL_AGENT_TIMEOUT: '2' });
    const goal = (await server.call('create_goal', { description: 'g' })).answer.id;
    const before = await contentsOf(sql);
    const lock = await aLockOn('tasks', database);
    const subtasks = Array.from({ length: 50 }, () => ({ description: 'x' }));
    const call = server.begin('tools/call', { name: 'break_down_goal', arguments: { goal_id: goal, subtasks } });
    await lock.untilBlocked();
    server.endInput();
    expect(await server.answerTo(call)).toHaveProperty('result.isError', true);
    expect(await exitOf(server)).toEqual({ code: 0, signal: null });
    await lock.untilIdle();
    await lock.release();
    const { goals, tasks, events } = await contentsOf(sql);
    expect({ goals, tasks, events }).toEqual({ goals: before.goals, tasks: before.tasks, events: before.events });
  });

  test('a client that closes stdin, and then sends SIGTERM as the protocol says, ends the call that runs', async () => {
    const server = await aReadyServer();
    const before = await goalCount();
    const lock = await aLockOn('goals', database);
    server.begin('tools/call', aGoal);
    await lock.untilBlocked();
    server.endInput();
    await setTimeout(100);
    server.kill('SIGTERM');
    expect(await exitOf(server)).toEqual({ code: 0, signal: null });
    await lock.untilIdle();
    await lock.release();
    expect(await goalCount()).toBe(before);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s in the middle of a call ends the process and its statement',
    async (signal) => {
      const server = await aReadyServer();
      const before = await goalCount();
      const lock = await aLockOn('goals', database);
      server.begin('tools/call', aGoal);
      await lock.untilBlocked();
      server.kill(signal);
      expect(await exitOf(server)).toEqual({ code: 0, signal: null });
      await lock.untilIdle();
      await lock.release();
      expect(await goalCount()).toBe(before);
    },
  );

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s ends the process before anything of it is loaded',
    async (signal) => {
      const server = aRawServer({ database });
      await server.initialize();
      server.kill(signal);
      expect(await exitOf(server)).toEqual({ code: 0, signal: null });
      expect(server.stderr()).toBe('');
    },
  );

  test('a client that leaves without a word ends the process', async () => {
    const server = aRawServer({ database });
    server.endInput();
    expect(await exitOf(server)).toEqual({ code: 0, signal: null });
    expect(server.lines()).toEqual([]);
  });

  test('every write that was acknowledged before a kill -9 is there, and what was not is there whole or not at all', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const server = await aReadyServer();
      for (let writer = 0; writer < 8; writer += 1) void writeForEver(server, acknowledged);
      await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(150 * (round + 1));
      server.kill('SIGKILL');
      await server.exited;
    }
    const { rows } = await sql.query<{ id: string }>('select id from goals union all select id from tasks');
    const stored = new Set(rows.map((row) => row.id));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
    expect(await brokenInvariants(sql)).toEqual({});
    const { rows: halves } = await sql.query(
      'select id from goals where total_tasks not in (0, 2) and description = $1',
      ['g'],
    );
    expect(halves).toEqual([]);
  });
});

describe.each(eras)('a call that its client takes back, in the %s era', (era) => {
  test('is cancelled on the server, and changes nothing', async () => {
    const server = await aServerForTest({ database, era });
    await server.call('get_agent_status');
    const before = await goalCount();
    const lock = await aLockOn('goals', database);
    const abort = new AbortController();
    const outcome = server
      .call('create_goal', { description: 'taken back' }, { signal: abort.signal })
      .catch(() => 'gone');
    await lock.untilBlocked();
    abort.abort();
    expect(await outcome).toBe('gone');
    await lock.untilIdle();
    await lock.release();
    expect(await goalCount()).toBe(before);
    expect((await server.call('create_goal', { description: 'next' })).error).toBeUndefined();
    expect(server.stderr()).not.toMatch(/defect|ERROR|WARN/);
  });

  test('is never run where it waits for a connection', async () => {
    const env = { POSTGRES_POOL_SIZE: '1', POSTGRES_MAX_OVERFLOW: '0' };
    const server = await aServerForTest({ database, era, env });
    await server.call('get_agent_status');
    const before = await goalCount();
    const lock = await aLockOn('goals', database);
    const holds = server.call('create_goal', { description: 'holds the connection' });
    await lock.untilBlocked();
    const taken = Array.from({ length: 6 }, (_, index) => {
      const abort = new AbortController();
      const outcome = server.call('create_goal', { description: `waits ${index}` }, { signal: abort.signal });
      return { abort, outcome: outcome.catch(() => 'gone') };
    });
    await setTimeout(300);
    for (const { abort } of taken) abort.abort('not wanted any more');
    expect(await Promise.all(taken.map(({ outcome }) => outcome))).toEqual(Array(6).fill('gone'));
    await setTimeout(300);
    await lock.release();
    expect((await holds).error).toBeUndefined();
    expect((await server.call('create_goal', { description: 'after' })).error).toBeUndefined();
    expect(await goalCount()).toBe(before + 2);
    expect(server.stderr()).not.toMatch(/defect|ERROR|WARN/);
  });
});

test('a client that reads nothing for a while is answered all that it asked', async () => {
  const server = await aReadyServer();
  server.stopReading();
  const before = server.lines().length;
  const params = { _meta: { padding: 'x'.repeat(4_000) } };
  const ids = Array.from({ length: 1_000 }, () => server.begin('tools/list', params));
  await setTimeout(2_000);
  server.readOn();
  await Promise.all(ids.map((id) => server.answerTo(id)));
  expect(server.lines().length - before).toBe(ids.length);
});

describe('stdout', () => {
  const garbage = [
    'garbage',
    '',
    '   ',
    '\r',
    '[]',
    '12',
    'null',
    '"text"',
    '{',
    '{}',
    '{"jsonrpc":"2.0"}',
    '{"jsonrpc":"1.0","id":900,"method":"tools/list"}',
    '{"jsonrpc":"2.0","id":{},"method":"tools/list"}',
    '{"jsonrpc":"2.0","id":901,"method":"no/such"}',
    '{"jsonrpc":"2.0","id":902,"method":"tools/call"}',
    '{"jsonrpc":"2.0","id":903,"method":"tools/call","params":{"name":"get_goal","arguments":{"goal_id":"\\u0000"}}}',
    '{"jsonrpc":"2.0","id":904,"result":{}}',
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"never"}}',
    '\0\x01\x02',
    `{"jsonrpc":"2.0","id":905,"method":${'['.repeat(10_000)}`,
  ];

  test('carries nothing but JSON-RPC, a message a line, whatever comes in', async () => {
    const server = await aReadyServer();
    for (const line of garbage) server.write(`${line}\n`);
    server.write(Buffer.from([0xff, 0xfe, 0x0a, 0xc3, 0x28, 0x0a]));
    server.write(`{"jsonrpc":"2.0","id":906,"method":"tools/call","params":{"name":"${'x'.repeat(5_000_000)}"}}\n`);
    expect((await server.call('create_goal', { description: 'y'.repeat(3_000_000) })).error).toContain(
      'the limit is 10000',
    );
    expect((await server.call('list_goals')).error).toBeUndefined();
    const wrong = server.lines().filter((line) => !isMessage(line));
    expect(wrong).toEqual([]);
    server.endInput();
    expect(await exitOf(server)).toEqual({ code: 0, signal: null });
  });

  test('takes a request in pieces, and two in one', async () => {
    const server = await aReadyServer();
    const request = (id: number, text: string) =>
      Buffer.from(
        `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"list_goals","arguments":{"repo":"${text}"}}}\n`,
      );
    const bytes = request(801, '\u4e16\u754c \u{1f600}');
    for (let start = 0; start < bytes.length; start += 7) {
      server.write(bytes.subarray(start, start + 7));
      await new Promise((resolve) => setImmediate(resolve));
    }
    server.write(Buffer.concat([request(802, 'a'), request(803, 'b')]));
    for (const id of [801, 802, 803]) expect(await server.answerTo(id)).toHaveProperty('result');
  });

  test('a line longer than is taken leaves no process that is deaf: it answers, or it ends', async () => {
    const server = await aReadyServer();
    server.write(`${'x'.repeat(12_000_000)}\n`);
    const answered = server.call('list_goals').then(() => 'answered');
    expect(await Promise.race([answered, exitOf(server)])).not.toMatch(/still runs/);
  });
});

/** Adds each ID to the list when it was acknowledged. Once the process is gone, no answer comes and it stands still. */
async function writeForEver(server: RawServer, acknowledged: string[]): Promise<never> {
  for (;;) {
    const { answer } = await server.call('create_goal', { description: 'g' });
    acknowledged.push(String(answer.id));
    const subtasks = [{ description: 'a' }, { description: 'b', dependencies: ['#1'] }];
    const { first_task_id, last_task_id } = (await server.call('break_down_goal', { goal_id: answer.id, subtasks }))
      .answer;
    acknowledged.push(String(first_task_id), String(last_task_id));
    await server.call('update_task_status', { task_id: first_task_id, status: 'completed' });
  }
}

function isMessage(line: string): boolean {
  try {
    return JSON.parse(line).jsonrpc === '2.0';
  } catch {
    return false;
  }
}

async function administer(connection: pg.ClientConfig, statement: string): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** Takes connections, and says nothing. */
async function aSilentServer(): Promise<pg.ClientConfig> {
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { ...database, host: '127.0.0.1', port: (server.address() as net.AddressInfo).port };
}

async function closedPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
