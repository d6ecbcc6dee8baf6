import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { aCommitWay } from '../support/commit-way.ts';
import { contentsOf } from '../support/contents.ts';
import { aClient, expectFitForCallers } from '../support/conversation.ts';
import { aDatabase } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { aRawServer, aServerForTest, eras, type ServerProcess, startServer } from '../support/server-process.ts';

const database = await aDatabase();
const sql = await aClient(database);

const isAnswered = async (requestId: string) => {
  const { rows } = await sql.query(`select answer from operations where request_id = $1`, [requestId]);
  return rows.length === 1;
};

const goalCount = async () => (await sql.query('select count(*)::int4 as n from goals')).rows[0].n;

/** A server that gets to the database by a way of its own, to which nothing has happened yet. */
async function aServerOnAWay(env: Record<string, string> = {}) {
  const way = await aCommitWay(database);
  const server = await aServerForTest({ database: way.connection, env });
  await server.call('get_agent_status');
  return { way, server };
}

async function aTask(server: Pick<ServerProcess, 'call'>): Promise<{ goal: string; task: string }> {
  const { answer } = await server.call('create_goal', { description: 'a goal' });
  const { answer: tasks } = await server.call('break_down_goal', {
    goal_id: answer.id,
    subtasks: [{ description: 'x' }, { description: 'y', dependencies: ['#1'] }],
  });
  return { goal: String(answer.id), task: String(tasks.first_task_id) };
}

describe('a server that is killed between commit and answer, and started anew', () => {
  test.each(eras)(
    'answers the repeat what the first would have been answered, and writes nothing, in the %s era',
    async (era) => {
      const way = await aCommitWay(database);
      const env = { GOAL_AGENT_NAME: 'ann' };
      const doomed = await startServer({ database: way.connection, era, env });
      onTestFinished(() => doomed.close());
      const { goal, task } = await aTask(doomed);
      const calls = [
        ['create_goal', { description: 'once', metadata: { b: 1, a: [2] } }],
        ['break_down_goal', { goal_id: goal, subtasks: [{ description: 'z', dependencies: [task] }] }],
        ['claim_tasks', { goal_id: goal }],
        ['add_note', { task_id: task, text: 'found' }],
        ['batch_update_tasks', { updates: [{ task_id: task, status: 'completed', result: 'done' }] }],
      ] as const;
      way.next(...calls.map(() => 'hold' as const));
      const requests = calls.map(([tool, args]) => ({ tool, args: { ...args, request_id: randomUUID() } }));
      for (const { tool, args } of requests) {
        void doomed.call(tool, args).catch(() => {});
        await expect.poll(() => isAnswered(args.request_id), { timeout: 20_000 }).toBe(true);
      }
      expect(way.met()).toBe(calls.length);
      process.kill(doomed.pid, 'SIGKILL');
      const before = await contentsOf(sql);

      const next = await aServerForTest({ database, era, env });
      for (const { tool, args } of requests) {
        const { answer, text, error } = await next.call(tool, args);
        expect(error).toBeUndefined();
        const { rows } = await sql.query('select answer from operations where request_id = $1', [args.request_id]);
        expect(text).toBe(rows[0].answer);
        expect(answer).toEqual(JSON.parse(text));
      }
      expect(await contentsOf(sql)).toEqual(before);
      expect((await next.call('get_goal', { goal_id: goal })).answer).toMatchObject({
        total_tasks: 3,
        completed_tasks: 1,
        notes: [{ text: 'found' }],
      });
      expect(await brokenInvariants(sql)).toEqual({});
    },
  );

  test('gives a holder with a name of its own its claim again, and tells another session whose call it was', async () => {
    const way = await aCommitWay(database);
    const env = { GOAL_AGENT_NAME: 'ann' };
    const doomed = aRawServer({ database: way.connection, env });
    await doomed.initialize();
    const { goal, task } = await aTask(doomed);
    const args = { goal_id: goal, request_id: randomUUID() };
    way.next('hold');
    doomed.begin('tools/call', { name: 'claim_tasks', arguments: args });
    await expect.poll(() => isAnswered(args.request_id), { timeout: 20_000 }).toBe(true);
    doomed.kill('SIGKILL');
    await doomed.exited;

    const [next, other] = await Promise.all([aServerForTest({ database, env }), aServerForTest({ database })]);
    expect((await other.call('claim_tasks', args)).error).toMatch(/ by ann at .* before a restart, the call is done/);
    const { answer } = await next.call('claim_tasks', args);
    const [claim] = answer.tasks as { id: string; fence: number; claimed_by: string }[];
    expect(claim).toMatchObject({ id: task, fence: 1, claimed_by: 'ann' });
    // by its name alone the other session is somebody else; the fence proves that it has the answer
    const finish = { task_id: task, status: 'completed' };
    expect((await other.call('update_task_status', finish)).error).toContain('is claimed by ann');
    const done = await other.call('update_task_status', { ...finish, fence: claim?.fence, request_id: randomUUID() });
    expect(done.answer).toMatchObject({ id: task, status: 'completed' });
  });
});

describe('a connection that is lost', () => {
  test('after the commit got through costs the caller nothing: it gets the answer, and all is done once', async () => {
    const { way, server } = await aServerOnAWay();
    const before = await goalCount();
    way.next('lose');
    const args = { description: 'once', request_id: randomUUID() };
    const { answer, error } = await server.call('create_goal', args);
    expect(error).toBeUndefined();
    expect(way.met()).toBe(1);
    expect(await goalCount()).toBe(before + 1);
    expect((await server.call('create_goal', args)).answer).toEqual(answer);
    const { rows } = await sql.query('select id from goals order by number desc limit 1');
    expect(rows).toEqual([{ id: answer.id }]);
  });

  test('before the commit got through, twice, is no reason not to do it', async () => {
    const { way, server } = await aServerOnAWay();
    const before = await goalCount();
    way.next('stop', 'stop');
    const { error } = await server.call('create_goal', { description: 'once', request_id: randomUUID() });
    expect(error).toBeUndefined();
    expect(way.met()).toBe(2);
    expect(await goalCount()).toBe(before + 1);
  });

  test('on which the commit got stuck keeps nobody else from working, and the call is done once all the same', async () => {
    const { way, server } = await aServerOnAWay();
    const { goal, task } = await aTask(server);
    way.next('freeze');
    // holds the graph lock of the workspace until its transaction ends
    const stuck = server.call('delete_task', { task_id: task, request_id: randomUUID() });
    await expect.poll(() => way.met(), { timeout: 20_000 }).toBe(1);
    const other = await aServerForTest({ database });
    expect((await other.call('update_goal', { goal_id: goal, status: 'cancelled' })).error).toBeUndefined();
    expect(await stuck).toMatchObject({ answer: { deleted_task_id: task, success: true } });
    expect((await other.call('get_goal', { goal_id: goal })).answer).toMatchObject({ total_tasks: 1 });
  });

  test('again and again is an error that says to repeat the call as it was; then it is done, once', async () => {
    const { way, server } = await aServerOnAWay({ POSTGRES_POOL_SIZE: '1', POSTGRES_MAX_OVERFLOW: '1' });
    const { task } = await aTask(server);
    const before = await contentsOf(sql);
    way.next('stop', 'stop', 'stop', 'stop', 'stop');
    const args = { task_id: task, status: 'completed', request_id: randomUUID() };
    const { error } = await server.call('update_task_status', args);
    expect(error).toMatch(/may or may not be there\. Repeat the call with the same request_id: it is done once\.$/);
    expectFitForCallers(error ?? '', way.connection);
    expect(await contentsOf(sql)).toEqual(before);
    for (let n = 0; n < 3; n += 1) {
      const { answer, error: next } = await server.call('update_task_status', args);
      if (next !== undefined) continue;
      expect(answer).toMatchObject({ id: task, status: 'completed' });
      break;
    }
    const { rows } = await sql.query(
      `select count(*)::int4 as n from events where task_id = $1 and action = 'updated'`,
      [task],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });
});
