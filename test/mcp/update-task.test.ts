import { describe, expect, test } from 'vitest';
import { aConversation } from '../support/conversation.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { eras } from '../support/server-process.ts';

const conversations = await Promise.all(eras.map((era) => aConversation(era)));

describe.each(conversations)('in the $era era', ({ ask, refusal, sql }) => {
  const aGoal = async () => (await ask<{ id: string }>('create_goal', { description: 'a goal' })).id;
  const addTasks = async (goal_id: string, ...subtasks: Record<string, unknown>[]) => {
    const described = subtasks.map((subtask, place) => ({ description: `task ${place + 1}`, ...subtask }));
    const { tasks } = await ask<{ tasks: { id: string }[] }>('break_down_goal', { goal_id, subtasks: described });
    return tasks.map((task) => task.id) as [string, string, string];
  };
  const update = (task_id: string, change: Record<string, unknown>) => ask('update_task', { task_id, ...change });
  const refuse = (task_id: string, change: Record<string, unknown>) => refusal('update_task', { task_id, ...change });
  const next = async (goal_id: string) =>
    (await ask<{ tasks: { id: string }[] }>('get_next_tasks', { goal_id })).tasks.map((task) => task.id);

  test('update_task changes what is given, and nothing else', async () => {
    const [task] = await addTasks(await aGoal(), { type: 'code', repo: 'api', jira_ticket: 'A-1', tools: ['x'] });
    const before = await ask('get_task', { task_id: task });
    const fields = { description: 'better', priority: 'high', estimated_effort: '2h' };
    const answer = await update(task, fields);
    expect(answer).toEqual({
      ...before,
      ...fields,
      updated_at: expect.any(String),
    });
    expect(await update(task, { type: 'docs', repo: 'web', jira_ticket: 'B-2', tools: '["y", "z"]' })).toMatchObject({
      ...fields,
      type: 'docs',
      repo: 'web',
      jira_ticket: 'B-2',
      assigned_tools: ['y', 'z'],
    });
  });

  test('the answer of update_task does not repeat a long text', async () => {
    const [task] = await addTasks(await aGoal(), {});
    await ask('update_task_status', { task_id: task, status: 'in_progress', result: 'r'.repeat(5_000) });
    const answer = await update(task, { description: 'd'.repeat(5_000) });
    expect(answer).toMatchObject({ description_length: 5_000, result_length: 5_002 });
    expect(JSON.stringify(answer).length).toBeLessThan(1_700);
    expect(await ask('get_task', { task_id: task })).toMatchObject({ description: 'd'.repeat(5_000) });
  });

  test('an empty text takes a value away, null leaves it', async () => {
    const [task] = await addTasks(await aGoal(), {
      repo: 'api',
      jira_ticket: 'A-1',
      estimated_effort: '1d',
      tools: ['x'],
    });
    expect(await update(task, { priority: 'low', repo: null, jira_ticket: null, tools: null })).toMatchObject({
      repo: 'api',
      jira_ticket: 'A-1',
      assigned_tools: ['x'],
    });
    expect(await update(task, { repo: '', jira_ticket: '', estimated_effort: '', tools: [] })).toMatchObject({
      repo: null,
      jira_ticket: null,
      estimated_effort: null,
      assigned_tools: [],
      priority: 'low',
    });
  });

  test('dependencies are added at the end and removed, and what is ready follows', async () => {
    const goal = await aGoal();
    const [a, b, c] = await addTasks(goal, {}, {}, {});
    expect(await update(c, { add_dependencies: [b, a, b] })).toMatchObject({
      dependencies: [b, a],
    });
    expect(await next(goal)).toEqual([a, b]);
    expect(await update(c, { add_dependencies: [a], remove_dependencies: [b] })).toMatchObject({ dependencies: [a] });
    await ask('update_task_status', { task_id: a, status: 'completed' });
    expect(await next(goal)).toEqual([b, c]);
    expect(await update(c, { add_dependencies: JSON.stringify([b]) })).toMatchObject({ dependencies: [a, b] });
    expect(await next(goal)).toEqual([b]);
    expect(await update(c, { remove_dependencies: [a, b], add_dependencies: [] })).toMatchObject({ dependencies: [] });
    expect(await next(goal)).toEqual([b, c]);
  });

  test('a cycle is refused, and the shortest is named', async () => {
    const [a, b, c] = await addTasks(await aGoal(), {}, { dependencies: ['#1'] }, { dependencies: ['#1', '#2'] });
    expect(await refuse(a, { add_dependencies: [c] })).toBe(
      `${a} was not changed: these tasks would wait for each other: ${a} → ${c} → ${a}. Remove one of these dependencies.`,
    );
    expect(await refuse(a, { add_dependencies: [b], description: 'x' })).toContain(`${a} → ${b} → ${a}`);
    const [far] = await addTasks(await aGoal(), { dependencies: [c] });
    expect(await refuse(b, { add_dependencies: [far] })).toContain(`${b} → ${far} → ${c} → ${b}`);
    // turned round in one call
    expect(await update(b, { remove_dependencies: [a] })).toMatchObject({ dependencies: [] });
    expect(await update(a, { add_dependencies: [b] })).toMatchObject({ dependencies: [b] });
  });

  test('dependencies that cannot be are refused', async () => {
    const goal = await aGoal();
    const [a, b, c] = await addTasks(goal, {}, {}, { dependencies: ['#1'] });
    expect(await refuse(a, { add_dependencies: [a] })).toBe(`${a} was not changed: it cannot depend on itself.`);
    expect(await refuse(a, { add_dependencies: ['task-998', b, 'TASK-0999'] })).toBe(
      `${a} was not changed: TASK-0998, TASK-0999 do not exist.`,
    );
    expect(await refuse(c, { remove_dependencies: [b] })).toBe(`${c} was not changed: it does not depend on ${b}.`);
    expect(await refuse(c, { add_dependencies: [a], remove_dependencies: [a] })).toBe(
      `${c} was not changed: ${a} is in add_dependencies and in remove_dependencies; choose one.`,
    );
    const many = await ask<{ first_task_id: string }>('break_down_goal', {
      goal_id: goal,
      subtasks: Array.from({ length: 200 }, () => ({ description: 'x' })),
    });
    const first = Number(many.first_task_id.slice(5));
    const ids = Array.from({ length: 200 }, (_, n) => `TASK-${String(first + n).padStart(4, '0')}`);
    expect(await refuse(c, { add_dependencies: ids })).toBe(
      `${c} was not changed: it would depend on 201 tasks; the limit is 200.`,
    );
    expect(await refuse(c, { add_dependencies: [...ids, a] })).toContain('has 201 entries; the limit is 200');
    expect(await update(b, { add_dependencies: ids })).toMatchObject({ dependencies: ids });
  });

  test('a task moves to another goal, and the counts and states of both follow', async () => {
    const [from, to] = [await aGoal(), await aGoal()];
    const [a, b] = await addTasks(from, {}, {});
    await ask('update_task_status', { task_id: a, status: 'completed' });
    expect(await update(b, { goal_id: to.toLowerCase() })).toMatchObject({
      goal_id: to,
      goal_changes: expect.arrayContaining([
        { id: from, status: 'completed' },
        { id: to, status: 'in_progress' },
      ]),
    });
    expect(await ask('get_goal', { goal_id: from })).toMatchObject({ tasks: [a], status: 'completed', total_tasks: 1 });
    expect(await ask('get_goal', { goal_id: to })).toMatchObject({ tasks: [b], total_tasks: 1, completed_tasks: 0 });
    expect(await update(b, { goal_id: to })).not.toHaveProperty('goal_changes');
    // a completed goal is opened again by an open task, and not by a completed one
    const [c] = await addTasks(to, {});
    await ask('update_task_status', { task_id: c, status: 'completed' });
    expect(await update(c, { goal_id: from })).not.toHaveProperty('goal_changes');
    expect(await update(b, { goal_id: from })).toMatchObject({ goal_changes: [{ id: from, status: 'in_progress' }] });
    expect(await next(from)).toEqual([b]);
    expect(await ask('get_goal', { goal_id: to })).toMatchObject({ tasks: [], total_tasks: 0 });
  });

  test('a goal that is reopened so takes up what it left unfinished', async () => {
    const [closed, other] = [await aGoal(), await aGoal()];
    const [left] = await addTasks(closed, {});
    await ask('update_goal', { goal_id: closed, status: 'completed' });
    const [task] = await addTasks(other, {});
    await update(task, { goal_id: closed });
    expect(await next(closed)).toEqual([left, task]);
  });

  test('a cancelled goal takes no task, and one can be taken out of it', async () => {
    const [cancelled, other] = [await aGoal(), await aGoal()];
    const [inside] = await addTasks(cancelled, {});
    const [outside] = await addTasks(other, {});
    await ask('update_goal', { goal_id: cancelled, status: 'cancelled' });
    expect(await refuse(outside, { goal_id: cancelled })).toBe(
      `${cancelled} is cancelled, so ${outside} was not moved to it. Set its status to in_progress with update_goal first, or use another goal.`,
    );
    await update(inside, { goal_id: other });
    expect(await next(other)).toEqual([inside, outside]);
  });

  test('what is not there, and arguments that are wrong, are refused', async () => {
    const [task] = await addTasks(await aGoal(), {});
    expect(await refuse('TASK-0999', { priority: 'low' })).toContain('TASK-0999 does not exist.');
    expect(await refuse('TASK-0999', { goal_id: 'GOAL-0001' })).toContain('TASK-0999 does not exist.');
    expect(await refuse(task, { goal_id: 'GOAL-0999' })).toContain('GOAL-0999 does not exist.');
    expect(await refuse(task, {})).toBe(
      `update_task: nothing to change on ${task}; update_task_status sets its status and result.`,
    );
    expect(await refuse(task, { add_dependencies: [], remove_dependencies: null })).toContain('nothing to change');
    expect(await refuse(task, { status: 'completed' })).toContain('it takes no "status"');
    expect(await refuse(task, { description: '' })).toContain('nothing to change');
    expect(await refuse(task, { description: ' ' })).toContain('is empty; say something');
    expect(await refuse(task, { estimated_effort: 'soon' })).toContain('is not an effort of at most');
    expect(await refuse(task, { repo: ' ' })).toContain('is empty; say something');
    expect(await refuse(task, { jira_ticket: 'x'.repeat(201) })).toContain('has 201 characters; the limit is 200');
    expect(await refuse(task, { description: 'x'.repeat(10_001) })).toContain('the limit is 10000');
    expect(await refuse(task, { tools: Array.from({ length: 101 }, () => 'x') })).toContain('the limit is 100');
    expect(await refuse(task, { add_dependencies: ['x'] })).toContain('is not the form of a task ID');
    for (const field of ['description', 'type', 'repo', 'jira_ticket', 'estimated_effort']) {
      expect(await refuse(task, { [field]: 'a\0b' })).toContain('NUL character');
      expect(await refuse(task, { [field]: '\ud800' })).toContain('half of a surrogate pair');
    }
  });

  test('all that was done leaves every count right', async () => {
    expect(await brokenInvariants(sql)).toEqual({});
  });
});
