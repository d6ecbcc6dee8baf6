import { describe, expect, test } from 'vitest';
import { aConversation } from '../support/conversation.ts';
import { eras } from '../support/server-process.ts';

interface Listed {
  id: string;
}

const conversations = await Promise.all(eras.map((era) => aConversation(era)));
describe.each(conversations)('in the $era era', ({ ask, refusal, sql }) => {
  const aGoal = async (subtasks: object[] = [{ description: 'a task' }]) => {
    const { id } = await ask<Listed>('create_goal', { description: 'a goal' });
    const { first_task_id, last_task_id } = await ask<Record<string, string>>('break_down_goal', {
      goal_id: id,
      subtasks,
    });
    return { goal: id, first: first_task_id as string, last: last_task_id as string };
  };

  test('numbers and truth values are taken as the text of their JSON', async () => {
    const { goal, first, last } = await aGoal([{ description: 'x'.repeat(9_000) }, { description: 'b' }]);
    expect(await ask('list_goals', { limit: '1' })).toMatchObject({ count: 1 });
    expect(await ask('get_next_tasks', { goal_id: goal, limit: '1e0' })).toMatchObject({ count: 1 });
    expect(await ask('get_task', { task_id: first, full: 'true' })).toMatchObject({ description: 'x'.repeat(9_000) });
    expect(await ask('get_goal', { goal_id: goal, full: 'false' })).toMatchObject({ id: goal });
    expect(await ask('get_briefing', { max_chars: '500' })).toHaveProperty('briefing');
    const { tasks } = await ask<{ tasks: { fence: number }[] }>('claim_tasks', {
      task_ids: [last],
      lease_seconds: '90.5',
    });
    const done = { task_id: last, status: 'completed', result: '7', fence: String(tasks[0]?.fence) };
    expect(await ask('update_task_status', done)).toMatchObject({ status: 'completed', result: '7' });
    const { events } = await ask<{ events: { event_id: number }[] }>('get_history', { task_id: last, limit: '1' });
    expect(await ask('undo', { event_id: String(events[0]?.event_id) })).toMatchObject({ changed: expect.any(Number) });
  });

  test('an empty text is the same as leaving an optional argument out', async () => {
    const { goal, first } = await aGoal();
    const whole = await ask('list_goals', {});
    expect(await ask('list_goals', { status: '', priority: '', repo: '', limit: '', cursor: '' })).toEqual(whole);
    expect(await ask('get_next_tasks', { goal_id: '', limit: '' })).toEqual(await ask('get_next_tasks'));
    expect(await ask('get_history', { goal_id: '', task_id: '', actor: '', since: '', cursor: '' })).toEqual(
      await ask('get_history'),
    );
    expect(await ask('search', { query: 'goal', kind: '', status: '' })).toHaveProperty('results');
    expect(await ask('get_briefing', { goal_id: '', since: '', max_chars: '' })).toHaveProperty('briefing');
    expect(await ask('add_note', { goal_id: goal, task_id: '', text: 'n', request_id: '' })).toMatchObject({
      goal_id: goal,
      task_id: null,
    });
    const filled = { description: 'x', priority: '', repos: '', metadata: '', request_id: '' };
    expect(await ask('create_goal', filled)).toMatchObject({ priority: 'medium', repos: [], metadata: {} });
    const subtask = {
      description: 'x',
      type: '',
      priority: '',
      dependencies: '',
      key: '',
      estimated_effort: '',
      repo: '',
    };
    expect(await ask('break_down_goal', { goal_id: goal, subtasks: [{ ...subtask, tools: '' }] })).toMatchObject({
      created: 1,
    });
    const claim = { goal_id: goal, task_ids: '', limit: '', lease_seconds: '', agent: '' };
    expect(await ask('claim_tasks', claim)).toMatchObject({ tasks: [{ id: first }] });
    expect(await ask('release_tasks', { task_ids: [first], reason: '', agent: '' })).toMatchObject({
      released: [first],
    });
    expect(await ask('update_goal', { goal_id: goal, description: '', priority: 'low', status: '' })).toMatchObject({
      description: 'a goal',
      priority: 'low',
    });
    expect(await ask('update_task', { task_id: first, description: '', type: 'bug', goal_id: '' })).toMatchObject({
      description: 'a task',
      type: 'bug',
    });
    const status = { task_id: first, status: 'failed', result: '', fence: '' };
    expect(await ask('update_task_status', status)).toMatchObject({ result: null });
    expect(await ask('undo', { event_id: '' })).toMatchObject({ changed: 1 });
  });

  test('where an empty text means something, or the argument must be given, it is not left out', async () => {
    const { first } = await aGoal([{ description: 'x', repo: 'api', estimated_effort: '2h' }]);
    expect(await ask('update_task', { task_id: first, repo: '', estimated_effort: '' })).toMatchObject({
      repo: null,
      estimated_effort: null,
    });
    expect(await refusal('create_goal', { description: '' })).toContain('description "" is empty');
    expect(await refusal('search', { query: '' })).toContain('query "" is empty');
    expect(await refusal('update_task_status', { task_id: first, status: '' })).toContain('status is ""');
  });

  test('a tool without arguments ignores those that it is given', async () => {
    for (const args of [{ random_string: '' }, { verbose: true, nested: { a: [1] } }])
      expect(await ask('get_agent_status', args)).toHaveProperty('server_version');
  });

  test.each([
    ['done', 'completed'],
    ['Completed', 'completed'],
    ['in-progress', 'in_progress'],
    ['In Progress', 'in_progress'],
    ['todo', 'pending'],
    ['on hold', 'blocked'],
    ['canceled', 'cancelled'],
  ])('the status of a task may be called %j', async (said, status) => {
    const { first } = await aGoal();
    if (status === 'pending') await ask('update_task_status', { task_id: first, status: 'blocked' });
    expect(await ask('update_task_status', { task_id: first, status: said })).toMatchObject({ status });
    expect(await ask('batch_update_tasks', { updates: [{ task_id: first, status: said }] })).toMatchObject({
      successful: [first],
    });
    const { rows } = await sql.query('select status::text as status from tasks where id = $1', [first]);
    expect(rows).toEqual([{ status }]);
  });

  test('so may the status of a goal, a priority, and what a search is for', async () => {
    const goal = await ask<Listed>('create_goal', { description: 'turnip', priority: 'URGENT' });
    expect(goal).toMatchObject({ priority: 'high' });
    expect(await ask('update_goal', { goal_id: goal.id, status: 'Done', priority: 'Normal' })).toMatchObject({
      status: 'completed',
      priority: 'medium',
    });
    const { goals } = await ask<{ goals: Listed[] }>('list_goals', { status: 'finished', priority: 'Medium' });
    expect(goals.map(({ id }) => id)).toContain(goal.id);
    expect(await ask('search', { query: 'turnip', kind: 'Goals', status: 'done' })).toMatchObject({ count: 1 });
    const { first } = await aGoal([{ description: 'x', priority: 'High' }]);
    expect(await ask('get_task', { task_id: first })).toMatchObject({ priority: 'high' });
    expect(await ask('update_task', { task_id: first, priority: 'minor' })).toMatchObject({ priority: 'low' });
  });

  test('one text where a list belongs is a list of one, and so is one object', async () => {
    const goal = await ask<Listed>('create_goal', { description: 'x', repos: 'api' });
    expect(goal).toMatchObject({ repos: ['api'] });
    const subtask = { description: 'a', tools: 'grep' };
    const { first_task_id: a } = await ask<Record<string, string>>('break_down_goal', {
      goal_id: goal.id,
      subtasks: subtask,
    });
    const { first_task_id: b } = await ask<Record<string, string>>('break_down_goal', {
      goal_id: goal.id,
      subtasks: JSON.stringify({ description: 'b', dependencies: a }),
    });
    expect(await ask('get_task', { task_id: a })).toMatchObject({ assigned_tools: ['grep'] });
    expect(await ask('get_task', { task_id: b })).toMatchObject({ dependencies: [a] });
    expect(await ask('batch_get_tasks', { task_ids: b?.toLowerCase() })).toMatchObject({ tasks: [{ id: b }] });
    expect(await ask('claim_tasks', { task_ids: a })).toMatchObject({ tasks: [{ id: a }] });
    expect(await ask('release_tasks', { task_ids: `["${a}"]` })).toEqual({ released: [a] });
    expect(await ask('update_task', { task_id: b, remove_dependencies: a, tools: 'sed' })).toMatchObject({
      dependencies: [],
      assigned_tools: ['sed'],
    });
    const update = { task_id: a, status: 'done' };
    expect(await ask('batch_update_tasks', { updates: update })).toMatchObject({ successful: [a] });
  });
});
