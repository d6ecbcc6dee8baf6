import { beforeEach, describe, expect, test } from 'vitest';
import { aConversation } from '../support/conversation.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { wholeState } from '../support/random-history.ts';
import { aServerForTest, eras } from '../support/server-process.ts';

interface Undone {
  event_id: number;
  undone_operation: number;
  changes: string[];
  changed: number;
}
interface History {
  events: { event_id: number; operation: number; line: string }[];
}

const conversations = await Promise.all(eras.map((era) => aConversation(era)));

describe.each(conversations)('in the $era era', ({ ask, refusal, sql, database, server }) => {
  let goal: string;
  let a: string;
  let b: string;
  const events = async (args: Record<string, unknown> = {}) => (await ask<History>('get_history', args)).events;

  beforeEach(async () => {
    goal = (await ask<{ id: string }>('create_goal', { description: 'Ship it' })).id;
    const subtasks = [{ description: 'Build it' }, { description: 'Test it', dependencies: ['#1'] }];
    const tasks = await ask<Record<string, string>>('break_down_goal', { goal_id: goal, subtasks });
    [a, b] = [tasks.first_task_id, tasks.last_task_id] as [string, string];
  });

  test('an agent takes back its last operation, then the one before', async () => {
    await ask('update_task_status', { task_id: a, status: 'completed', result: 'wrong' });
    await ask('delete_goal', { goal_id: goal });
    const undone = await ask<Undone>('undo');
    expect(undone).toEqual({
      event_id: expect.any(Number),
      undone_operation: expect.any(Number),
      changed: 3,
      changes: expect.arrayContaining([
        expect.stringMatching(
          new RegExp(`^\\S+Z tester-[0-9a-f]{8} ${goal} undid ${undone.undone_operation}: "Ship it" is back$`),
        ),
        expect.stringContaining(`${b} undid ${undone.undone_operation}: "Test it" is back`),
      ]),
      message: `Undone. To have it back: undo with event_id ${undone.event_id}.`,
    });
    expect(await ask('undo')).toMatchObject({
      changed: 1,
      changes: [expect.stringContaining(`${a} undid `)],
    });
    expect(await ask('get_task', { task_id: a })).toMatchObject({ status: 'pending', result: null });
    expect(await ask('get_goal', { goal_id: goal })).toMatchObject({ status: 'in_progress', total_tasks: 2 });
    expect(await brokenInvariants(sql)).toEqual({});
  });

  test('after a restart of the client, "undo that" takes back what it did before', async () => {
    const clientName = 'restarter';
    const before = await aServerForTest({ database, clientName });
    await before.call('claim_tasks', { task_ids: [a] });
    await before.close();
    const now = await aServerForTest({ database, clientName });
    expect((await now.call('undo')).answer).toMatchObject({ changed: 1 });
    expect(await ask('get_task', { task_id: a })).toMatchObject({ status: 'pending' });
    expect((await now.call('undo')).error).toMatch(/^restarter-\w{8} has done nothing that could be taken back/);
    await now.close();
  });

  test('any event of an operation takes all of it back, and an undo can be undone', async () => {
    await ask('batch_update_tasks', { updates: [a, b].map((task_id) => ({ task_id, status: 'completed' })) });
    const after = await wholeState(sql);
    const batch = (await events({ goal_id: goal, limit: 3 })).filter(({ line }) => line.includes('completed'));
    expect(new Set(batch.map(({ operation }) => operation)).size).toBe(1);
    for (const { event_id } of batch) {
      const undone = await ask<Undone>('undo', { event_id });
      expect(undone.changes).toHaveLength(3);
      expect(await ask('get_goal', { goal_id: goal })).toMatchObject({ status: 'in_progress', completed_tasks: 0 });
      const [own] = (await events({ task_id: b, limit: 1 })) as History['events'];
      expect(own).toMatchObject({
        operation: undone.event_id,
        line: expect.stringMatching(/ undid \d+: status completed → pending$/),
      });
      await ask('undo', { event_id: own?.event_id });
      expect(await wholeState(sql)).toEqual(after);
      // the next event of the batch belongs to an operation that is in effect again
    }
  });

  test('what somebody else went on from stays, and the later change is named', async () => {
    const [created] = (await events({ task_id: a })) as History['events'];
    const other = await aServerForTest({ database, env: { GOAL_AGENT_NAME: 'bob' } });
    await other.call('update_task', { task_id: a, description: 'Build it well' });
    const [changed] = (await events({ task_id: a })) as History['events'];
    expect(await refusal('undo', { event_id: created?.event_id })).toBe(
      `Nothing was undone: the same rows were changed since, by event ${changed?.event_id} (${a} updated by bob). Take that back first, by its event_id, or leave it all as it is.`,
    );
    const all = Array.from({ length: 300 }, (_, n) => ({ description: `task ${n}` }));
    await ask('break_down_goal', { goal_id: goal, subtasks: all });
    const [many] = (await events({ goal_id: goal, limit: 1 })) as History['events'];
    const { tasks } = await ask<{ tasks: { id: string }[] }>('get_next_tasks', { goal_id: goal, limit: 200 });
    await other.call('batch_update_tasks', { updates: tasks.map(({ id }) => ({ task_id: id, status: 'blocked' })) });
    expect(await refusal('undo', { event_id: many?.event_id })).toMatch(/and \d+ more\. Take that back first/);
  });

  test('another agent’s claim is not taken away', async () => {
    const other = await aServerForTest({ database, env: { GOAL_AGENT_NAME: 'bob' } });
    await other.call('claim_tasks', { task_ids: [a] });
    const [claimed] = (await events({ task_id: a })) as History['events'];
    expect(await refusal('undo', { event_id: claimed?.event_id })).toMatch(
      new RegExp(`^Nothing was undone: ${a} is claimed by bob until \\d\\d:\\d\\d:\\d\\dZ; wait`),
    );
  });

  test('an answer is short, however much was undone', async () => {
    const subtasks = Array.from({ length: 400 }, () => ({ description: '\u{1f600}'.repeat(200) }));
    await ask('break_down_goal', { goal_id: goal, subtasks });
    const { text, answer } = await server.call('undo');
    expect(text.length).toBeLessThanOrEqual(20_000);
    expect(answer).toMatchObject({ changed: 400 });
    expect((answer.changes as string[]).length).toBeGreaterThan(20);
  });

  test('wrong arguments are refused', async () => {
    expect(await refusal('undo', { event_id: 999_999 })).toBe(
      'There is no event 999999. get_history shows events with their event_id.',
    );
    expect(await refusal('undo', { event_id: 0 })).toContain('the least is 1');
    expect(await refusal('undo', { event_id: 'x' })).toContain('event_id');
    expect(await refusal('undo', { event_id: Number.MAX_SAFE_INTEGER })).toContain('There is no event');
    expect(await refusal('undo', { steps: 2 })).toContain('steps');
    const nobody = await aServerForTest({ database, env: { GOAL_AGENT_NAME: 'nobody' } });
    expect((await nobody.call('undo')).error).toMatch(/^nobody has done nothing that could be taken back/);
  });
});
