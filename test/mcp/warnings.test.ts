import { beforeEach, describe, expect, test } from 'vitest';
import { aConversation } from '../support/conversation.ts';

interface Claimed {
  tasks: { id: string }[];
  reason?: string;
  held_up?: { task_id: string; waits_for: string[] }[];
  not_claimed?: { task_id: string; reason: string }[];
}

const { ask, sql } = await aConversation('modern');
let goal: string;
let other: string;
/** Two of a goal, and one of another that waits for the first of them. */
let [a, b, waiting]: string[] = [];

async function aGoal(description: string, subtasks: Record<string, unknown>[]): Promise<string[]> {
  const { id } = await ask<{ id: string }>('create_goal', { description });
  const { tasks } = await ask<{ tasks: { id: string }[] }>('break_down_goal', { goal_id: id, subtasks });
  return [id, ...tasks.map((task) => task.id)];
}

beforeEach(async () => {
  await sql.query('truncate goals, tasks, task_dependencies, events, notes cascade');
  [goal = '', a, b] = await aGoal('first', [{ description: 'Design' }, { description: 'Build' }]);
  [other = '', waiting] = await aGoal('second', [{ description: 'Announce', dependencies: [a] }]);
});

describe.each(['cancelled', 'completed'])('what waits for a task of a goal that is %s', (status) => {
  const why = () => `${a} (pending in ${goal}, which is ${status})`;

  test('is named when the goal is closed, and by nobody before', async () => {
    expect(await ask('get_next_tasks')).not.toHaveProperty('held_up');
    const { warnings } = await ask<{ warnings: string[] }>('update_goal', { goal_id: goal, status });
    expect(warnings).toContain(`${waiting} waits for ${why()}, and will not be ready.`);
    expect((await ask('update_goal', { goal_id: other, status })).warnings ?? []).not.toContainEqual(
      expect.stringContaining('will not be ready'),
    );
  });

  test('is named by the briefing, the ready list and a claim, until the goal is taken up again', async () => {
    await ask('update_goal', { goal_id: goal, status });
    const heldUp = [{ task_id: waiting, waits_for: [why()] }];
    for (const args of [{}, { goal_id: other }]) {
      expect((await ask('get_briefing', args)).briefing).toContain(
        `## Waiting for tasks of closed goals\n- ${waiting} "Announce" waits for ${why()}`,
      );
      expect(await ask('get_next_tasks', args)).toMatchObject({ tasks: [], held_up: heldUp });
      expect(await ask<Claimed>('claim_tasks', args)).toMatchObject({ tasks: [], held_up: heldUp });
    }
    expect(await ask<Claimed>('claim_tasks', { task_ids: [waiting] })).toMatchObject({
      not_claimed: [{ task_id: waiting, reason: `it waits for ${why()}` }],
    });
    await ask('update_goal', { goal_id: goal, status: 'in_progress' });
    expect(await ask('get_next_tasks', { goal_id: other })).toEqual({ tasks: [], count: 0, total: 0 });
    expect((await ask('get_briefing')).briefing).not.toContain('closed goals');
  });

  test('is no longer held up when that task is completed all the same', async () => {
    await ask('update_goal', { goal_id: goal, status });
    await ask('update_task_status', { task_id: a, status: 'completed' });
    expect(await ask('get_next_tasks')).toMatchObject({ count: 1 });
    expect(await ask('get_next_tasks')).not.toHaveProperty('held_up');
  });
});

test('a task that is in progress and held by nobody is stale after a while, and can be claimed by its ID', async () => {
  await ask('update_task_status', { task_id: a, status: 'in_progress' });
  expect((await ask('get_briefing')).briefing).toMatch(new RegExp(`- ${a} \\(since \\S+Z\\) "Design"`));
  const { not_claimed } = await ask<Claimed>('claim_tasks', { task_ids: [a] });
  expect(not_claimed?.[0]?.reason).toMatch(
    /^it is in_progress and held by nobody; it can be claimed by its ID from \S+Z on/,
  );
  await sql.query("update tasks set updated_at = now() - interval '16 minutes' where id = $1", [a]);
  for (const args of [{}, { goal_id: goal }])
    expect((await ask('get_briefing', args)).briefing).toMatch(
      new RegExp(`- ${a} \\(stale: held by nobody, since \\S+Z\\) "Design"`),
    );
  expect((await ask<Claimed>('claim_tasks', { limit: 5 })).tasks.map(({ id }) => id)).toEqual([b]);
  expect(await ask<Claimed>('claim_tasks', { task_ids: [a] })).toMatchObject({ tasks: [{ id: a, fence: 1 }] });
  expect((await ask('get_briefing')).briefing).not.toContain('stale');
});

test('breaking a goal down again with a text that is there warns with the tasks that have it', async () => {
  const breakDown = (description: string, goal_id = goal) =>
    ask<{ warnings?: string[] }>('break_down_goal', { goal_id, subtasks: [{ description: 'New ' }, { description }] });
  await ask('update_task_status', { task_id: b, status: 'completed' });
  expect((await breakDown(' build\n')).warnings).toEqual([
    `${goal} had tasks with the same text: ${b} (completed). If these are the same tasks, undo takes back this call.`,
  ]);
  expect((await breakDown('Build', other)).warnings).toBeUndefined();
  expect((await breakDown('Design it')).warnings?.[0]).toMatch(/: TASK-\d+ \(pending\)\. If/);
});

test('who changes, moves or deletes what another holds is told who holds it until when', async () => {
  await ask('claim_tasks', { task_ids: [a, b], agent: 'bob' });
  const held = (task?: string) => [
    expect.stringMatching(new RegExp(`^${task} is claimed by bob until \\d\\d:\\d\\d:\\d\\dZ, who`)),
  ];
  expect(await ask('update_task', { task_id: a, description: 'Draw' })).toMatchObject({ warnings: held(a) });
  expect(await ask('update_task', { task_id: a, goal_id: other })).toMatchObject({ warnings: held(a) });
  expect(await ask('delete_task', { task_id: a })).toMatchObject({ warnings: held(a) });
  expect(await ask('delete_goal', { goal_id: goal })).toMatchObject({ warnings: held(b) });
});

test('nobody is told of a claim of their own, or of one that ran out', async () => {
  await ask('claim_tasks', { task_ids: [a] });
  await ask('claim_tasks', { task_ids: [b], agent: 'bob' });
  await sql.query("update claims set expires_at = now() - interval '1 second' where task_id = $1", [b]);
  for (const task_id of [a, b]) {
    expect(await ask('update_task', { task_id, description: 'x' })).not.toHaveProperty('warnings');
  }
  expect(await ask('delete_task', { task_id: b })).not.toHaveProperty('warnings');
  expect(await ask('delete_goal', { goal_id: goal })).not.toHaveProperty('warnings');
});

test('who completes a task of a cancelled goal is told so, of a completed one not', async () => {
  await ask('update_goal', { goal_id: goal, status: 'cancelled' });
  expect(await ask('update_task_status', { task_id: a, status: 'completed' })).toMatchObject({
    warnings: [`${a} was completed, but its goal ${goal} is cancelled or archived.`],
  });
  expect(await ask('update_task_status', { task_id: a, status: 'completed' })).not.toHaveProperty('warnings');
  const updates = [{ task_id: b, status: 'completed' }];
  expect(await ask('batch_update_tasks', { updates })).toMatchObject({
    warnings: [`Completed, but their goals are cancelled or archived: ${b}.`],
  });
  await ask('update_goal', { goal_id: other, status: 'completed' });
  expect(await ask('update_task_status', { task_id: waiting, status: 'completed' })).not.toHaveProperty('warnings');
});
