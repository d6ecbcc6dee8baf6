import { describe, expect, test } from 'vitest';
import { aConversation } from '../support/conversation.ts';
import { eras } from '../support/server-process.ts';

interface Claimed {
  tasks: { id: string; claimed_by: string; fence: number; lease_expires_at: string }[];
}

const conversations = await Promise.all(eras.map((era) => aConversation(era)));

describe.each(conversations)('in the $era era', ({ ask, refusal, sql }) => {
  const tasksOf = async (count: number, chained = false) => {
    const { id } = await ask<{ id: string }>('create_goal', { description: 'a goal' });
    const subtasks = Array.from({ length: count }, (_, n) => ({
      description: `task ${n}`,
      ...(chained && n > 0 && { dependencies: [`#${n}`] }),
    }));
    const { tasks } = await ask<{ tasks: { id: string }[] }>('break_down_goal', { goal_id: id, subtasks });
    return { goal: id, ids: tasks.map((task) => task.id) };
  };

  test('a client claims under its own name and a suffix that stays the same, and completes with the fence', async () => {
    const { goal, ids } = await tasksOf(2);
    const first = await ask<Claimed>('claim_tasks', { goal_id: goal });
    const second = await ask<Claimed>('claim_tasks', { goal_id: goal });
    const [task] = first.tasks;
    expect(task).toMatchObject({ id: ids[0], claimed_by: expect.stringMatching(/^tester-[0-9a-f]{8}$/), fence: 1 });
    expect(second.tasks[0]?.claimed_by).toBe(task?.claimed_by);
    expect(await ask('get_task', { task_id: ids[0] })).toMatchObject({ claimed_by: task?.claimed_by });
    const done = await ask('update_task_status', { task_id: ids[0], status: 'completed', fence: task?.fence });
    expect(done).not.toHaveProperty('claimed_by');
  });

  test('a claimed task says what its holder needs, and nothing that is empty', async () => {
    const { id: goal } = await ask<{ id: string }>('create_goal', { description: 'a goal' });
    const full = { type: 'code', priority: 'high', repo: 'api', jira_ticket: 'A-1', estimated_effort: '1d' };
    const subtasks = [{ description: 'all', ...full, tools: ['x'] }, { description: 'little' }];
    await ask('break_down_goal', { goal_id: goal, subtasks });
    const held = {
      id: expect.stringMatching(/^TASK-/),
      goal_id: goal,
      status: 'in_progress',
      claimed_by: 'ann',
      fence: 1,
      lease_expires_at: expect.stringMatching(/Z$/),
    };
    const { tasks } = await ask<Claimed>('claim_tasks', { goal_id: goal, limit: 2, agent: 'ann' });
    expect(tasks).toEqual([
      { ...held, description: 'all', ...full, assigned_tools: ['x'] },
      { ...held, description: 'little', type: 'general', priority: 'medium' },
    ]);
    const [task] = tasks;
    const handover = { task_id: task?.id, status: 'pending', result: { half: 'done' }, fence: task?.fence };
    await ask('update_task_status', handover);
    const again = await ask<Claimed>('claim_tasks', { task_ids: [task?.id] });
    expect(again.tasks).toMatchObject([{ result: { half: 'done' }, fence: 2 }]);
  });

  test('an agent that is named is the holder, and others are told until when', async () => {
    const { goal, ids } = await tasksOf(1);
    await ask('claim_tasks', { goal_id: goal, agent: 'ann', lease_seconds: 60 });
    expect(await refusal('update_task_status', { task_id: ids[0], status: 'completed' })).toMatch(
      /^TASK-\d+ is claimed by ann until \d\d:\d\d:\d\dZ; claim another, or wait\.$/,
    );
    const batch = { updates: [{ task_id: ids[0], status: 'completed' }] };
    expect(await ask('batch_update_tasks', batch)).toMatchObject({ successful: [], failed: [{ task_id: ids[0] }] });
    expect(await ask('release_tasks', { task_ids: ids })).toMatchObject({
      released: [],
      not_released: [{ task_id: ids[0], reason: 'it is claimed by ann' }],
    });
    expect(await ask('release_tasks', { task_ids: ids, agent: 'ann', reason: 'out of time' })).toEqual({
      released: ids,
    });
  });

  test('an agent that is named finishes its task and holds the next one', async () => {
    const { goal, ids } = await tasksOf(2);
    await ask('claim_tasks', { goal_id: goal, agent: 'ann' });
    const done = { task_id: ids[0], status: 'completed', claim_next: true, agent: 'ann' };
    expect(await ask('update_task_status', done)).toMatchObject({ next: { id: ids[1], claimed_by: 'ann' } });
  });

  test('nothing to claim is an empty list with the reason, and when to come back', async () => {
    const { goal, ids } = await tasksOf(2, true);
    const { tasks } = await ask<Claimed>('claim_tasks', { goal_id: goal });
    expect(await ask('claim_tasks', { goal_id: goal })).toEqual({
      tasks: [],
      reason: expect.stringMatching(
        /^Nothing is ready: 1 waiting for other tasks, 1 in progress\. The lease of TASK-\d+/,
      ),
      come_back_at: tasks[0]?.lease_expires_at,
      waiting: [{ task_id: ids[1], waits_for: [`${ids[0]} (in_progress)`] }],
    });
  });

  test('what is deferred is told, with when to come back; so is that others lack the labels', async () => {
    const { goal, ids } = await tasksOf(2);
    const until = '2999-01-01T00:00:00.000Z';
    await ask('update_task_status', { task_id: ids[0], status: 'deferred', defer_until: until });
    expect(await ask('claim_tasks', { goal_id: goal, labels: ['ui', 'api'] })).toEqual({
      tasks: [],
      reason: 'No ready task has the labels "ui" and "api".',
      come_back_at: until,
    });
    // a client may fill in every argument
    expect(await ask('claim_tasks', { task_ids: [ids[1]], labels: [] })).toMatchObject({ tasks: [{ id: ids[1] }] });
    await ask('update_task_status', { task_id: ids[1], status: 'completed' });
    expect(await ask('claim_tasks', { goal_id: goal })).toEqual({
      tasks: [],
      reason: 'Nothing is ready: 1 deferred.',
      come_back_at: until,
      waiting: [],
    });
  });

  test.each(['completed', 'cancelled', 'archived'])(
    'what is left of a goal that is %s, or under one, is told as such',
    async (status) => {
      const { goal, ids } = await tasksOf(3);
      const under = { description: 'under it', parent_goal_id: goal };
      const { id: below } = await ask<{ id: string }>('create_goal', under);
      const { tasks } = await ask<{ tasks: { id: string }[] }>('break_down_goal', {
        goal_id: below,
        subtasks: [{ description: 'a task' }],
      });
      await ask('update_goal', { goal_id: goal, status });
      const closed = 'completed, cancelled or archived';
      const reason = (count: number) => `Nothing is ready: ${count} in goals that are ${closed}, or under one.`;
      expect(await ask('claim_tasks', { goal_id: below })).toMatchObject({ tasks: [], reason: reason(1) });
      const task_ids = [ids[1], tasks[0]?.id];
      expect(await ask('claim_tasks', { task_ids })).toEqual({
        tasks: [],
        not_claimed: task_ids.map((task_id) => ({
          task_id,
          reason: `its goal, or a goal above it, is ${closed}`,
        })),
      });
      const done = { task_id: ids[0], status: 'completed', claim_next: true };
      expect(await ask('update_task_status', done)).toMatchObject({ next: null, reason: reason(3) });
    },
  );

  test('what is named and cannot be claimed is said, each with its reason', async () => {
    const { ids } = await tasksOf(2, true);
    const answer = await ask('claim_tasks', { task_ids: [ids[0], ids[1], 'TASK-9999'] });
    expect(answer).toMatchObject({
      tasks: [{ id: ids[0] }],
      not_claimed: [
        { task_id: ids[1], reason: 'it waits for 1 task' },
        { task_id: 'TASK-9999', reason: 'it does not exist' },
      ],
    });
  });

  test.each([
    [{ goal_id: 'GOAL-0001', task_ids: ['TASK-0001'] }, /not both/],
    [{ task_ids: [] }, /task_ids is an empty list/],
    [{ limit: 51 }, /limit is 51; the most is 50/],
    [{ lease_seconds: 0 }, /lease_seconds is 0; the least is 1/],
    [{ lease_seconds: 86_401 }, /the most is 86400/],
    [{ agent: ' ' }, /agent .* is empty/],
    [{ agent: 'a\0b' }, /NUL/],
  ])('claim_tasks refuses %j', async (args, said) => {
    expect(await refusal('claim_tasks', args)).toMatch(said);
  });

  test('a fence that is not the last is refused', async () => {
    const { goal, ids } = await tasksOf(1);
    await ask('claim_tasks', { goal_id: goal });
    for (const fence of [0, 7]) {
      const said = new RegExp(
        `^Fence ${fence} is not that of the last claim of TASK-\\d+, which is claimed by tester-`,
      );
      expect(await refusal('update_task_status', { task_id: ids[0], status: 'completed', fence })).toMatch(said);
    }
  });

  test('no refusal tells a fence to somebody who does not hold it', async () => {
    const { ids } = await tasksOf(1);
    const task_ids = ids;
    const fences: number[] = [];
    // a fence that no ID and no time has in it
    for (let fence = 1; fence <= 777; fence += 776) {
      await sql.query('update tasks set fence = $1 where id = $2', [fence - 1, ids[0]]);
      const { tasks } = await ask<Claimed>('claim_tasks', { task_ids, agent: 'ann' });
      fences.push(tasks[0]?.fence ?? 0);
      if (fence === 1) await ask('release_tasks', { task_ids, agent: 'ann' });
    }
    expect(fences).toEqual([1, 777]);
    const told = [
      await refusal('update_task_status', { task_id: ids[0], status: 'completed', fence: 1 }),
      await refusal('update_task_status', { task_id: ids[0], status: 'completed' }),
      await ask('batch_update_tasks', { updates: [{ task_id: ids[0], status: 'completed' }] }),
      await ask('claim_tasks', { task_ids }),
      await ask('claim_tasks', { task_ids, fence: 1 }),
      await ask('release_tasks', { task_ids }),
      await ask('release_tasks', { task_ids, fence: 1 }),
      await ask('get_task', { task_id: ids[0] }),
      await ask('get_history', { task_id: ids[0] }),
      await ask('get_briefing'),
    ];
    for (const each of told) expect(JSON.stringify(each)).not.toMatch(/\b777\b/);
  });

  test('release and renewal take the fence: its holder may have another name by now', async () => {
    const { ids: task_ids } = await tasksOf(1);
    const { tasks } = await ask<Claimed>('claim_tasks', { task_ids, agent: 'before', lease_seconds: 60 });
    const fence = tasks[0]?.fence;
    expect(await ask('claim_tasks', { task_ids, fence, agent: 'after' })).toMatchObject({
      tasks: [{ claimed_by: 'before', fence }],
      renewed: [{ task_id: task_ids[0], reason: 'it was held already, by before; only its lease was renewed.' }],
    });
    const wrong = `fence 9 is not that of its last claim; it is claimed by before`;
    expect(await ask('claim_tasks', { task_ids, fence: 9, agent: 'before' })).toEqual({
      tasks: [],
      not_claimed: [{ task_id: task_ids[0], reason: wrong }],
    });
    expect(await ask('release_tasks', { task_ids, fence: 9, agent: 'before' })).toEqual({
      released: [],
      not_released: [{ task_id: task_ids[0], reason: wrong }],
    });
    expect(await ask('release_tasks', { task_ids, fence, agent: 'after' })).toEqual({ released: task_ids });
  });

  test('a second subagent behind one name sees that the task is held already, and by whom', async () => {
    const { ids: task_ids } = await tasksOf(2);
    await ask('claim_tasks', { task_ids: [task_ids[0]] });
    const { renewed, tasks } = await ask<Claimed & { renewed: object[] }>('claim_tasks', { task_ids });
    expect(tasks.map((task) => task.id)).toEqual(task_ids);
    expect(renewed).toEqual([
      {
        task_id: task_ids[0],
        reason: expect.stringMatching(
          /^it was held already, by tester-[0-9a-f]{8}; only its lease was renewed\. If that was not you, leave it\.$/,
        ),
      },
    ]);
  });

  test.each([
    ['claim_tasks', { fence: 1 }],
    ['claim_tasks', { goal_id: 'GOAL-0001', fence: 1 }],
    ['claim_tasks', { task_ids: ['TASK-0001', 'TASK-0002'], fence: 1 }],
    ['release_tasks', { task_ids: ['TASK-0001', 'TASK-0002'], fence: 1 }],
  ])('%s refuses a fence that belongs to no one task: %j', async (tool, args) => {
    expect(await refusal(tool, args)).toBe(`${tool}: a fence belongs to one task; name that task alone in task_ids.`);
  });
});
