import { describe, expect, test } from 'vitest';
import { version } from '../../src/main/version.ts';
import { aConversation } from '../support/conversation.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { eras } from '../support/server-process.ts';

interface Listed {
  tasks: { id: string }[];
}
interface Goal {
  id: string;
  status: string;
}
interface Breakdown extends Listed {
  goal: Goal & { tasks: string[] };
}

const conversations = await Promise.all(eras.map((era) => aConversation(era)));
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const idsOf = (tasks: { id: string }[]) => tasks.map((task) => task.id);

describe.each(conversations)('in the $era era', ({ ask, refusal, server, sql, era }) => {
  const aGoal = async (args: Record<string, unknown> = {}) =>
    (await ask<Goal>('create_goal', { description: 'a goal', ...args })).id;
  const addTasks = async (goal_id: string, ...subtasks: Record<string, unknown>[]) => {
    const described = subtasks.map((subtask, place) => ({ description: `task ${place + 1}`, ...subtask }));
    return idsOf((await ask<Breakdown>('break_down_goal', { goal_id, subtasks: described })).tasks);
  };
  const set = (task_id: string | undefined, status: string, more: Record<string, unknown> = {}) =>
    ask('update_task_status', { task_id, status, ...more });
  const statusOf = async (goal_id: string) => (await ask<Goal>('get_goal', { goal_id })).status;

  test('create_goal answers with the whole goal and where it was saved', async () => {
    const answer = await ask('create_goal', {
      description: 'Ship 3.0',
      priority: 'high',
      repos: ['api', 'web'],
      metadata: { owner: 'ann', deep: { list: [1, null, 'x'] } },
    });
    expect(answer).toEqual({
      id: 'GOAL-0001',
      description: 'Ship 3.0',
      priority: 'high',
      status: 'planned',
      repos: ['api', 'web'],
      tasks: [],
      total_tasks: 0,
      completed_tasks: 0,
      created_at: instant,
      updated_at: instant,
      metadata: { owner: 'ann', deep: { list: [1, null, 'x'] } },
      _persistence: { database: 'PostgreSQL', cache_enabled: false, message: 'Goal saved to PostgreSQL database' },
    });
  });

  test('break_down_goal answers with the goal at work and its tasks, each with what it depends on', async () => {
    const answer = await ask('break_down_goal', {
      goal_id: 'GOAL-0001',
      subtasks: [
        {
          description: 'Design it',
          type: 'design',
          priority: 'high',
          estimated_effort: '1d 4h',
          repo: 'api',
          jira_ticket: 'API-7',
          tools: ['editor', 'shell'],
          key: 'design',
        },
        { description: 'Build it', dependencies: ['design'] },
      ],
    });
    const task = {
      goal_id: 'GOAL-0001',
      status: 'pending',
      created_at: instant,
      updated_at: instant,
      completed_at: null,
    };
    expect(answer).toMatchObject({
      goal: { id: 'GOAL-0001', status: 'in_progress', tasks: ['TASK-0001', 'TASK-0002'], total_tasks: 2 },
      created: 2,
      first_task_id: 'TASK-0001',
      last_task_id: 'TASK-0002',
      _persistence: { database: 'PostgreSQL', cache_enabled: false, message: '2 tasks saved to PostgreSQL database' },
    });
    expect(answer.tasks).toEqual([
      {
        ...task,
        id: 'TASK-0001',
        description: 'Design it',
        type: 'design',
        priority: 'high',
        dependencies: [],
        repo: 'api',
        jira_ticket: 'API-7',
        estimated_effort: '1d 4h',
        assigned_tools: ['editor', 'shell'],
        result: null,
      },
      {
        ...task,
        id: 'TASK-0002',
        description: 'Build it',
        type: 'general',
        priority: 'medium',
        dependencies: ['TASK-0001'],
        repo: null,
        jira_ticket: null,
        estimated_effort: null,
        assigned_tools: [],
        result: null,
      },
    ]);
  });

  test('a subtask names others by place, by key and by ID, in its own order and each once', async () => {
    const goal = await aGoal();
    const [existing] = await addTasks(goal, {});
    const { tasks } = await ask<{ tasks: { id: string; dependencies: string[] }[] }>('break_down_goal', {
      goal_id: goal,
      subtasks: [
        { description: 'last', dependencies: ['#3', existing?.toLowerCase(), 'second', ' #2 ', '#3'] },
        { description: 'second', key: 'second' },
        { description: 'third', dependencies: ['second'] },
      ],
    });
    const [last, second, third] = tasks;
    expect(last?.dependencies).toEqual([third?.id, existing, second?.id]);
    expect(second?.dependencies).toEqual([]);
    expect(third?.dependencies).toEqual([second?.id]);
  });

  test('break_down_goal creates all of its tasks or none', async () => {
    const goal = await aGoal();
    const good = { description: 'good' };
    expect(
      await refusal('break_down_goal', { goal_id: goal, subtasks: [good, { description: 'x', dependencies: ['#7'] }] }),
    ).toBe('Nothing was created: subtask #2 depends on #7, but this call has the subtasks #1 to #2.');
    expect(await ask('get_goal', { goal_id: goal })).toMatchObject({
      status: 'planned',
      total_tasks: 0,
      task_details: [],
    });
  });

  test('a goal goes to in_progress with its first tasks, to completed with the last, and back when one is reopened or added', async () => {
    const goal = await aGoal();
    expect(await statusOf(goal)).toBe('planned');
    const [a, b] = await addTasks(goal, {}, {});
    expect(await statusOf(goal)).toBe('in_progress');
    expect(await set(a, 'completed')).not.toHaveProperty('goal_status');
    expect(await set(b, 'completed')).toMatchObject({
      status: 'completed',
      completed_at: instant,
      goal_status: 'completed',
    });
    expect(await statusOf(goal)).toBe('completed');
    expect(await set(a, 'pending')).toMatchObject({ completed_at: null, goal_status: 'in_progress' });
    expect(await statusOf(goal)).toBe('in_progress');
    await set(a, 'completed');
    expect(await statusOf(goal)).toBe('completed');
    await addTasks(goal, {});
    expect(await statusOf(goal)).toBe('in_progress');
  });

  test('get_goal shows the goal, its tasks in their order, and how far it is', async () => {
    const goal = await aGoal({ metadata: { a: 1 } });
    const [a, b, c] = await addTasks(goal, {}, { dependencies: ['#1'] }, {});
    await set(a, 'completed', { result: { found: ['x'] } });
    const answer = await ask<{ task_details: { id: string }[] }>('get_goal', { goal_id: goal });
    expect(answer).toMatchObject({
      id: goal,
      tasks: [a, b, c],
      metadata: { a: 1 },
      total_tasks: 3,
      completed_tasks: 1,
      progress: { total: 3, completed: 1, percent: 33.3 },
    });
    expect(idsOf(answer.task_details)).toEqual([a, b, c]);
    expect(answer.task_details[0]).toMatchObject({
      status: 'completed',
      result: { found: ['x'] },
      completed_at: instant,
    });
    expect(answer).not.toHaveProperty('not_shown');
  });

  test('update_goal changes what is given, merges metadata, and takes out the keys that are null', async () => {
    const goal = await aGoal({ priority: 'low', repos: ['old'], metadata: { keep: 1, change: 1, remove: 1 } });
    const answer = await ask('update_goal', {
      goal_id: goal,
      description: 'a better goal',
      metadata: { change: { to: 2 }, remove: null, add: 3 },
    });
    expect(answer).toMatchObject({
      description: 'a better goal',
      priority: 'low',
      repos: ['old'],
      status: 'planned',
      _persistence: { message: 'Goal saved to PostgreSQL database' },
    });
    expect(answer.metadata).toEqual({ keep: 1, change: { to: 2 }, add: 3 });
    expect(await ask('update_goal', { goal_id: goal, priority: 'high', repos: [] })).toMatchObject({
      description: 'a better goal',
      priority: 'high',
      repos: [],
    });
  });

  test('a goal set to completed with open tasks says so, and takes them out of the ready work', async () => {
    const goal = await aGoal();
    const [a] = await addTasks(goal, {}, {});
    await set(a, 'completed');
    expect(await ask('update_goal', { goal_id: goal, status: 'completed' })).toMatchObject({
      status: 'completed',
      warnings: [`${goal} was set to completed while 1 of its 2 tasks is not.`],
    });
    expect(await ask('get_next_tasks', { goal_id: goal })).toEqual({ tasks: [], count: 0, total: 0 });
    await ask('update_goal', { goal_id: goal, status: 'in_progress' });
    expect(await ask('get_next_tasks', { goal_id: goal })).toMatchObject({ count: 1, total: 1 });
  });

  test('a cancelled goal takes no tasks and offers none, and says how to open it', async () => {
    const goal = await aGoal();
    await addTasks(goal, {});
    await ask('update_goal', { goal_id: goal, status: 'cancelled' });
    expect(await ask('get_next_tasks', { goal_id: goal })).toMatchObject({ count: 0, total: 0 });
    expect(await refusal('break_down_goal', { goal_id: goal, subtasks: [{ description: 'x' }] })).toBe(
      `${goal} is cancelled, so nothing was added to it. Set its status to in_progress with update_goal first, or use another goal.`,
    );
  });

  test('get_next_tasks lists ready tasks only, most important first, then oldest', async () => {
    const goal = await aGoal();
    const [low, medium, high, waiting, medium2, taken] = await addTasks(
      goal,
      { priority: 'low' },
      {},
      { priority: 'high' },
      { priority: 'high', dependencies: ['#1'] },
      {},
      { priority: 'high' },
    );
    await set(taken, 'in_progress');
    const next = async (args = {}) => ask<Listed>('get_next_tasks', { goal_id: goal, ...args });
    expect(idsOf((await next()).tasks)).toEqual([high, medium, medium2, low]);
    expect(await next({ limit: 2 })).toMatchObject({ tasks: [{ id: high }, { id: medium }], count: 2, total: 4 });
    expect(await set(low, 'completed')).toMatchObject({ made_ready: [waiting] });
    expect(idsOf((await next()).tasks)).toEqual([high, waiting, medium, medium2]);
    const everywhere = await ask<Listed>('get_next_tasks', { limit: 200 });
    expect(idsOf(everywhere.tasks)).toEqual(expect.arrayContaining([high, waiting]));
  });

  test('completing a task makes ready only what waits for nothing else', async () => {
    const goal = await aGoal();
    const [a, b, both, one] = await addTasks(goal, {}, {}, { dependencies: ['#1', '#2'] }, { dependencies: ['#1'] });
    expect(await set(a, 'completed')).toMatchObject({ made_ready: [one] });
    expect(await set(b, 'completed')).toMatchObject({ made_ready: [both] });
    expect(await set(b, 'failed', { result: 'it was not' })).toMatchObject({ made_ready: [], result: 'it was not' });
    expect(await ask('get_next_tasks', { goal_id: goal })).toMatchObject({ tasks: [{ id: one }], total: 1 });
  });

  test('completing a task with open dependencies is allowed, with a warning', async () => {
    const goal = await aGoal();
    const [, , task] = await addTasks(goal, {}, {}, { dependencies: ['#1', '#2'] });
    expect(await set(task, 'completed')).toMatchObject({
      status: 'completed',
      warnings: [`${task} was completed while 2 of its dependencies are not.`],
    });
    expect(await set(task, 'in_progress')).not.toHaveProperty('warnings');
  });

  test('completing many at once warns of those whose dependencies are open after it', async () => {
    const goal = await aGoal();
    const ids = await addTasks(
      goal,
      {},
      { dependencies: ['#1'] },
      {},
      { dependencies: ['#3'] },
      { dependencies: ['#4'] },
    );
    const [a, b, , d] = ids;
    const updates = [a, b, d].map((task_id) => ({ task_id, status: 'completed' }));
    expect(await ask('batch_update_tasks', { updates })).toMatchObject({
      successful: [a, b, d],
      warnings: [`Completed while some of what they depend on is not: ${d}.`],
    });
    const again = [{ task_id: d, status: 'in_progress' }];
    expect(await ask('batch_update_tasks', { updates: again })).not.toHaveProperty('warnings');
  });

  test('a result stays until another is given, and comes back as it was given', async () => {
    const goal = await aGoal();
    const [task] = await addTasks(goal, {});
    await set(task, 'in_progress', { result: { step: 1 } });
    expect(await set(task, 'blocked')).toMatchObject({ result: { step: 1 } });
    for (const result of [false, 0, ' ', 'text', [], {}, [{ a: null }], -1.5e300]) {
      expect((await set(task, 'blocked', { result })).result).toEqual(result);
      expect((await ask('get_task', { task_id: task })).result).toEqual(result);
    }
  });

  test.each([[null], ['']])('a result that is %j was left out: what is stored stays', async (result) => {
    const [task, other] = await addTasks(await aGoal(), {}, {});
    const updates = [task, other].map((task_id) => ({ task_id, status: 'in_progress', result: 'found' }));
    await ask('batch_update_tasks', { updates });
    expect(await set(task, 'completed', { result })).toMatchObject({ result: 'found' });
    const filledIn = [{ task_id: other, status: 'completed', result }];
    expect(await ask('batch_update_tasks', { updates: filledIn })).toMatchObject({ successful: [other] });
    await ask('batch_update_tasks', { updates: JSON.stringify(filledIn) });
    expect(await ask('get_task', { task_id: other })).toMatchObject({ status: 'completed', result: 'found' });
  });

  test('clear_result takes a result away, and only where it says so', async () => {
    const [task] = await addTasks(await aGoal(), {});
    await set(task, 'in_progress', { result: 'wrong' });
    expect(await set(task, 'in_progress', { clear_result: false })).toMatchObject({ result: 'wrong' });
    expect(
      await refusal('update_task_status', { task_id: task, status: 'blocked', result: 'x', clear_result: true }),
    ).toBe('update_task_status: give result or clear_result, not both.');
    expect(await set(task, 'in_progress', { result: '', clear_result: true })).toMatchObject({ result: null });
  });

  test.each([
    '{"build":12345678901234567890}',
    '[1.10, 2]',
    ' {"a":1,  "a":2} ',
    '42',
    'null',
    '"quoted"',
    '[1, 2',
    '{"a": "\\u0041"}',
  ])('a result that is text stays that text: %s', async (result) => {
    const [task, other] = await addTasks(await aGoal(), {}, {});
    expect(await set(task, 'completed', { result })).toMatchObject({ result });
    const updates = [{ task_id: other, status: 'completed', result }];
    for (const given of [updates, JSON.stringify(updates)]) {
      await ask('batch_update_tasks', { updates: given });
      expect(await ask('get_task', { task_id: other })).toMatchObject({ result });
    }
  });

  test('batch_update_tasks saves what exists, names what does not, and takes the last word on a task', async () => {
    const goal = await aGoal();
    const [a, b, c] = await addTasks(goal, {}, {}, { dependencies: ['#1', '#2'] });
    const answer = await ask('batch_update_tasks', {
      updates: [
        { task_id: a, status: 'in_progress', result: { kept: true } },
        { task_id: 'TASK-9999', status: 'completed' },
        { task_id: b, status: 'completed', result: 'done' },
        { task_id: a, status: 'completed' },
      ],
    });
    expect(answer).toEqual({
      successful: [a, b],
      failed: [{ task_id: 'TASK-9999', error: 'TASK-9999 does not exist' }],
      total: 4,
      made_ready: [c],
      _persistence: { database: 'PostgreSQL', cache_enabled: false, message: '2 tasks saved to PostgreSQL database' },
    });
    expect(await ask('get_task', { task_id: a })).toMatchObject({ status: 'completed', result: { kept: true } });
  });

  test('batch_get_tasks shows the tasks in the order asked for, and names those that do not exist', async () => {
    const goal = await aGoal();
    const [a, b] = await addTasks(goal, {}, {});
    const answer = await ask<Listed>('batch_get_tasks', { task_ids: [b, 'TASK-9998', a, b] });
    expect(answer).toMatchObject({ not_found: ['TASK-9998'], total: 4 });
    expect(idsOf(answer.tasks)).toEqual([b, a]);
    expect(answer).not.toHaveProperty('not_shown');
  });

  test('list_goals pages from the newest to the oldest, with none left out and none twice', async () => {
    const repo = `paged-${era}`;
    const goals: string[] = [];
    for (let count = 0; count < 23; count += 1) goals.unshift(await aGoal({ repos: [repo] }));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask<{ goals: Goal[]; count: number; total: number; next_cursor?: string }>('list_goals', {
        repo,
        limit: 5,
        ...(cursor !== undefined && { cursor }),
      });
      expect(page.total).toBe(23);
      expect(page.count).toBe(page.goals.length);
      seen.push(...idsOf(page.goals));
      cursor = page.next_cursor;
      // a goal that is made meanwhile is newer than every page to come
      if (seen.length === 5) await aGoal({ repos: ['another'] });
    } while (cursor !== undefined);
    expect(seen).toEqual(goals);
  });

  test('list_goals filters by status, priority and repository together', async () => {
    const repo = `filtered-${era}`;
    const high = await aGoal({ repos: ['other', repo], priority: 'high' });
    const cancelled = await aGoal({ repos: [repo], priority: 'high' });
    await aGoal({ repos: [repo], priority: 'low' });
    await ask('update_goal', { goal_id: cancelled, status: 'cancelled' });
    expect(await ask('list_goals', { repo, priority: 'high', status: 'planned' })).toMatchObject({
      goals: [{ id: high }],
      count: 1,
      total: 1,
    });
    expect(await ask('list_goals', { repo: 'nowhere' })).toEqual({ goals: [], count: 0, total: 0 });
    // past the last of them there are none, and still as many in all
    expect(await ask('list_goals', { repo, cursor: 'before-1' })).toMatchObject({ goals: [], count: 0, total: 3 });
  });

  test('generate_execution_plan shows phases, the critical path and what unblocks most', async () => {
    const goal = await aGoal({ description: 'a plan' });
    const [a, b, c, d] = await addTasks(
      goal,
      { estimated_effort: '1d' },
      { estimated_effort: '2h' },
      { estimated_effort: '4h', dependencies: ['#1', '#2'] },
      { dependencies: ['#3'] },
    );
    const answer = await ask<Record<string, unknown>>('generate_execution_plan', { goal_id: goal });
    expect(answer).toMatchObject({
      goal_id: goal,
      goal_description: 'a plan',
      total_tasks: 4,
      completed_tasks: 0,
      total_phases: 3,
      execution_phases: [
        { phase: 1, tasks: [{ id: a }, { id: b }], task_count: 2, parallel_execution_possible: true },
        { phase: 2, tasks: [{ id: c }], task_count: 1, parallel_execution_possible: false },
        { phase: 3, tasks: [{ id: d }], task_count: 1, parallel_execution_possible: false },
      ],
      critical_path: { task_ids: [a, c, d], task_count: 3, total_effort: '2d' },
      ready: 2,
    });
    expect(answer.critical_path).toHaveProperty(
      'assumed',
      '1 task without an effort counted as 4h, the median of the others',
    );
    expect(answer.unblocks_most).toEqual(
      [{ task_id: c, directly: 1, in_all: 1 }, ...[a, b].map((task_id) => ({ task_id, directly: 1, in_all: 2 }))].sort(
        (x, y) => y.in_all - x.in_all,
      ),
    );
    await set(a, 'completed');
    await set(b, 'completed');
    expect(await ask('generate_execution_plan', { goal_id: goal })).toMatchObject({
      total_phases: 2,
      completed_tasks: 2,
    });
  });

  test('a plan names the tasks that wait for other goals', async () => {
    const [elsewhere] = await addTasks(await aGoal(), {});
    const goal = await aGoal();
    const [task] = await addTasks(goal, { dependencies: [elsewhere] });
    expect(await ask('generate_execution_plan', { goal_id: goal })).toMatchObject({
      ready: 0,
      waits_for_other_goals: [{ task_id: task, waits_for: [elsewhere] }],
    });
  });

  test('delete_task names the tasks that no longer wait for it, and they do not', async () => {
    const goal = await aGoal();
    const [a, b, c] = await addTasks(goal, {}, { dependencies: ['#1'] }, { dependencies: ['#1'] });
    expect(await ask('delete_task', { task_id: a })).toEqual({
      deleted_task_id: a,
      goal_id: goal,
      dependent_tasks: [b, c],
      success: true,
    });
    expect(await ask('get_task', { task_id: b })).toMatchObject({ dependencies: [] });
    expect(await ask('get_next_tasks', { goal_id: goal })).toMatchObject({ total: 2 });
    expect(await refusal('delete_task', { task_id: a })).toBe(
      `${a} does not exist. get_goal shows the tasks of a goal.`,
    );
  });

  test('delete_goal takes its tasks along, and frees the tasks of other goals that waited for them', async () => {
    const goal = await aGoal();
    const [a, b] = await addTasks(goal, {}, {});
    const [waiting] = await addTasks(await aGoal(), { dependencies: [a] });
    expect(await ask('delete_goal', { goal_id: goal })).toEqual({
      deleted_goal_id: goal,
      deleted_tasks: 2,
      task_ids: [a, b],
      success: true,
    });
    expect(await refusal('get_goal', { goal_id: goal })).toBe(
      `${goal} does not exist. list_goals shows the goals that do.`,
    );
    expect(await ask('get_task', { task_id: waiting })).toMatchObject({ dependencies: [] });
    expect(await ask('batch_get_tasks', { task_ids: [a, b] })).toMatchObject({ tasks: [], not_found: [a, b] });
  });

  test('JSON strings stand for the lists and objects that they say', async () => {
    const goal = await ask<Goal>('create_goal', {
      description: '{"not": "touched"}',
      repos: '["a", "b"]',
      metadata: ' {"k": [1]}',
    });
    expect(goal).toMatchObject({ description: '{"not": "touched"}', repos: ['a', 'b'], metadata: { k: [1] } });
    const subtasks = JSON.stringify([
      { description: 'one', tools: '["x"]' },
      { description: 'two', dependencies: '["#1"]' },
    ]);
    const { tasks } = await ask<Listed>('break_down_goal', { goal_id: goal.id, subtasks });
    const [one, two] = idsOf(tasks);
    expect(tasks).toMatchObject([{ assigned_tools: ['x'] }, { dependencies: [one] }]);
    expect(await ask('batch_get_tasks', { task_ids: JSON.stringify([two]) })).toMatchObject({ tasks: [{ id: two }] });
    const updates = JSON.stringify([{ task_id: one, status: 'completed', result: '{"a": 1}' }]);
    expect(await ask('batch_update_tasks', { updates })).toMatchObject({ successful: [one], made_ready: [two] });
    expect(await ask('get_task', { task_id: one })).toMatchObject({ result: '{"a": 1}' });
  });

  test('IDs are taken in any case and without their zeros, and answered in one form', async () => {
    expect(await ask('get_goal', { goal_id: 'goal-1' })).toMatchObject({ id: 'GOAL-0001' });
    expect(await ask('get_task', { task_id: ' Task-0000001 ' })).toMatchObject({ id: 'TASK-0001' });
    expect(await ask('get_next_tasks', { goal_id: 'Goal-01' })).toMatchObject({ tasks: [{ goal_id: 'GOAL-0001' }] });
    expect(await ask('batch_get_tasks', { task_ids: ['task-1', 'TASK-001'] })).toMatchObject({
      tasks: [{ id: 'TASK-0001' }],
    });
  });

  test('null for an optional argument is the same as leaving it out', async () => {
    const goal = await ask<Goal>('create_goal', { description: 'g', priority: null, repos: null, metadata: null });
    expect(goal).toMatchObject({ priority: 'medium', repos: [], metadata: {} });
    const nothing = { type: null, priority: null, dependencies: null, key: null, estimated_effort: null, repo: null };
    const [task] = await addTasks(goal.id, { ...nothing, jira_ticket: null, tools: null });
    expect(await ask('get_task', { task_id: task, full: null })).toMatchObject({ type: 'general', dependencies: [] });
    expect(await ask('get_next_tasks', { goal_id: null, limit: null })).toMatchObject({ count: expect.any(Number) });
    expect(
      await ask('list_goals', { status: null, priority: null, repo: null, limit: null, cursor: null }),
    ).toHaveProperty('goals');
    expect(await ask('update_goal', { goal_id: goal.id, description: null, priority: 'low' })).toMatchObject({
      description: 'g',
      priority: 'low',
    });
  });

  test('a write answers with what its caller cannot know, unless it asks for the whole', async () => {
    const short = (tool: string, args: Record<string, unknown>) => ask(tool, { ...args, full: false });
    const goal = await short('create_goal', { description: 'x', metadata: { long: 'text' } });
    expect(goal).toEqual({ id: expect.stringMatching(/^GOAL-/), status: 'planned' });
    const goal_id = goal.id;
    const subtasks = [{ description: 'a' }, { description: 'b', dependencies: ['#1'] }];
    const { first_task_id: a, last_task_id: b, ...made } = await short('break_down_goal', { goal_id, subtasks });
    expect(made).toEqual({ created: 2 });
    const done = { task_id: a, status: 'completed', result: 'found it' };
    expect(await short('update_task_status', done)).toEqual({ id: a, status: 'completed', made_ready: [b] });
    expect(await short('update_task', { task_id: b, description: 'b, later' })).toEqual({ id: b, status: 'pending' });
    const note = await short('add_note', { task_id: b, text: 'a finding' });
    expect(note).toEqual({ id: expect.any(Number), created_at: instant });
    const updates = [{ task_id: b, status: 'failed' }];
    const batch = { successful: [b], failed: [], total: 1, made_ready: [] };
    expect(await short('batch_update_tasks', { updates })).toEqual(batch);
    const closed = await short('update_goal', { goal_id, status: 'completed' });
    const warnings = [`${goal_id} was set to completed while 1 of its 2 tasks is not.`];
    expect(closed).toEqual({ id: goal_id, status: 'completed', warnings });
    await ask('delete_goal', { goal_id });
  });

  test('claim_next finishes a task and takes the next of its goal, once for each request_id', async () => {
    const short = (args: Record<string, unknown>) => ask('update_task_status', { full: false, ...args });
    const goal_id = await aGoal();
    const [a, b] = await addTasks(goal_id, {}, { dependencies: ['#1'], priority: 'high' });
    const { tasks } = await ask<{ tasks: { fence: number }[] }>('claim_tasks', { task_ids: [a] });
    const done = { task_id: a, status: 'completed', fence: tasks[0]?.fence, claim_next: true };
    expect(await refusal('update_task_status', { ...done, status: 'pending' })).toContain(
      'claim_next goes with a status that ends the work, such as completed, and not with pending',
    );
    expect(await refusal('update_task_status', { ...done, claim_next: false, lease_seconds: 60 })).toContain(
      'claim_tasks renews the lease',
    );
    const asked = { ...done, lease_seconds: 60, request_id: `finish ${goal_id}` };
    const first = await short(asked);
    expect(first).toEqual({
      id: a,
      status: 'completed',
      made_ready: [b],
      next: expect.objectContaining({ id: b, goal_id, status: 'in_progress', fence: 1, dependencies: [a] }),
    });
    expect(await short(asked)).toEqual(first);
    const last = { task_id: b, status: 'completed', fence: 1, claim_next: true };
    expect(await short(last)).toMatchObject({
      goal_status: 'completed',
      next: null,
      reason: `${goal_id} is completed.`,
    });
    const more = await addTasks(goal_id, {}, { dependencies: ['#1'] });
    expect(await ask('update_task_status', { task_id: more[0], status: 'failed', claim_next: true })).toMatchObject({
      status: 'failed',
      next: null,
      reason: 'Nothing is ready: 1 waiting for other tasks, 1 failed.',
    });
    await ask('delete_goal', { goal_id });
  });

  test('get_agent_status tells what works and how much there is', async () => {
    const { rows } = await sql.query(`
      select (select count(*)::int4 from goals) as goals, (select count(*)::int4 from tasks) as tasks,
        (select count(*)::int4 from tasks where status <> 'completed') as open_tasks,
        (select next::int4 - 1 from counters where kind = 'goal') as goal_counter,
        (select next::int4 - 1 from counters where kind = 'task') as task_counter`);
    expect(await ask('get_agent_status')).toEqual({
      version: '3.0 (PostgreSQL Persistence)',
      server_version: version,
      persistence: {
        database: 'PostgreSQL',
        mode: 'server',
        from: expect.stringMatching(/^\w+ in the environment$/),
        connected: true,
      },
      current_state: rows[0],
      agent_config: {
        name: expect.stringMatching(/^tester-[0-9a-f]{8}$/),
        workspace: 'default',
        workspace_from: 'the default',
        timeout_seconds: 30,
        pool_size: 10,
        max_overflow: 20,
        max_workers: 5,
      },
      cache: { enabled: false, state: 'off', from: 'no setting names a Redis', hits: 0, misses: 0, errors: 0 },
      architecture: expect.stringMatching(/PostgreSQL/),
    });
  });

  test('history names the client as the one who acted', async () => {
    const { rows } = await sql.query('select distinct actor from operations');
    expect(rows).toEqual([{ actor: expect.stringMatching(/^tester-[0-9a-f]{8}$/) }]);
  });

  test('the revision of the protocol is the one that the client speaks', () => {
    expect(server.client.getNegotiatedProtocolVersion()).toBe(era === 'modern' ? '2026-07-28' : '2025-11-25');
  });

  test('all that was done leaves every count right', async () => {
    expect(await brokenInvariants(sql)).toEqual({});
  });
});
