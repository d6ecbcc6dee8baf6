import { beforeAll, expect, test } from 'vitest';
import { aConversation } from '../support/conversation.ts';

// whatever is stored, an answer goes into a context window: no default answer is over about 20,000 characters

const { ask, server, sql } = await aConversation('modern');
const most = 20_000;
const taskCount = 2_000;
const times = <T>(count: number, value: (place: number) => T): T[] => Array.from({ length: count }, (_, n) => value(n));

/** What costs most in JSON, and what is counted differently by different programs. */
const fillings = ['"', '\\', '\u0001', '\u4e16', '\u{1f600}', 'x', '\n'];

let goalId: string;
let ids: string[];

/** The answer, after it was checked that it is short. */
async function short<T = Record<string, unknown>>(tool: string, args: Record<string, unknown> = {}): Promise<T> {
  const { text } = await server.call(tool, args);
  expect(text.length, tool).toBeLessThanOrEqual(most);
  return JSON.parse(text);
}

/** Fills every text, list and document of the rows that a condition picks up to its limit. */
async function fill(table: 'goals' | 'tasks'): Promise<void> {
  // an emoji is two of the characters that the limits count
  const text = (length: number) => `repeat(filling, ${length} / case when filling = '\u{1f600}' then 2 else 1 end)`;
  const columns = {
    goals: `metadata = jsonb_build_object('k', repeat('y', 100), 'long', ${text(40_000)}, 'last', 1), repos = array_fill(${text(200)}, array[100])`,
    tasks: `result = to_jsonb(${text(40_000)}), type = ${text(200)}, repo = ${text(200)}, jira_ticket = ${text(200)},
      assigned_tools = array_fill(${text(200)}, array[100])`,
  };
  await sql.query(
    `update ${table} set description = ${text(10_000)}, ${columns[table]}
    from (select number as n, ($1::text[])[1 + number % ${fillings.length}] as filling from ${table}) filled
    where number = n`,
    [fillings],
  );
}

beforeAll(async () => {
  goalId = (await ask<{ id: string }>('create_goal', { description: 'g' })).id;
  const breakDown = (subtasks: unknown[]) =>
    ask<{ first_task_id: string }>('break_down_goal', { goal_id: goalId, subtasks });
  // a chain of 900 behind a hundred that can start at once, and a thousand that wait for two hundred each
  await breakDown(times(1_000, (place) => ({ description: 'x', ...(place > 100 && { dependencies: [`#${place}`] }) })));
  ids = times(taskCount, (place) => `TASK-${String(place + 1).padStart(4, '0')}`);
  await breakDown(
    times(1_000, (place) => ({ description: 'x', dependencies: ids.slice(place % 800, (place % 800) + 200) })),
  );
  await fill('goals');
  await fill('tasks');
});

test('a goal with 2,000 tasks is shown in part, and says how much it is', async () => {
  const answer = await short<{ task_details: unknown[]; tasks: string[] }>('get_goal', { goal_id: goalId });
  expect(answer).toMatchObject({
    total_tasks: taskCount,
    description_length: 10_000,
    metadata_length: expect.any(Number),
    repos_count: 100,
    not_shown: taskCount - answer.task_details.length,
  });
  expect(answer.tasks.length).toBeGreaterThan(0);
});

test('a task is shown in part, and whole when that is asked for', async () => {
  for (const task_id of ids.slice(0, fillings.length)) {
    const answer = await short('get_task', { task_id });
    expect(answer).toMatchObject({ result_length: expect.any(Number), assigned_tools_count: 100 });
    const whole = await ask<Record<string, string>>('get_task', { task_id, full: true });
    expect(whole.description).toHaveLength(10_000);
    expect(JSON.stringify(whole.result)).toHaveLength(answer.result_length as number);
    expect(whole.assigned_tools).toHaveLength(100);
    const shown = String(answer.description).replace(/…$/, '');
    expect(whole.description?.startsWith(shown)).toBe(true);
    expect(shown.length).toBeGreaterThan(1_000);
  }
});

test('a description of 10,000 plain characters is shown whole', async () => {
  const description = 'x'.repeat(10_000);
  const goal = await ask<{ id: string }>('create_goal', { description });
  expect(goal).toMatchObject({ description });
  expect(goal).not.toHaveProperty('description_length');
  const { first_task_id } = await ask<Record<string, string>>('break_down_goal', {
    goal_id: goal.id,
    subtasks: [{ description }],
  });
  expect(await ask('get_task', { task_id: first_task_id })).toMatchObject({ description });
  expect(await ask('get_goal', { goal_id: goal.id })).toMatchObject({
    description,
    task_details: [{ id: first_task_id }],
  });
  await ask('delete_goal', { goal_id: goal.id });
});

test('lists of tasks are short', async () => {
  const next = await short<{ tasks: unknown[] }>('get_next_tasks', { limit: 200 });
  expect(next.tasks.length).toBeGreaterThan(0);
  expect(next).toMatchObject({ total: 101, count: next.tasks.length });
  const asked = [...ids.slice(-400), ...times(100, (place) => `TASK-${900_000_000_000_000 + place}`)];
  const some = await short<{ tasks: { id: string }[]; not_shown: string[] }>('batch_get_tasks', { task_ids: asked });
  expect([...some.tasks.map((task) => task.id), ...some.not_shown]).toEqual(ids.slice(-400));
});

test('many long tasks that are claimed at once are all named with their fence, and described as far as they fit', async () => {
  const { tasks } = await short<{ tasks: Record<string, unknown>[] }>('claim_tasks', { limit: 50, agent: 'ann' });
  expect(tasks).toHaveLength(50);
  const held = { goal_id: goalId, fence: 1, lease_expires_at: expect.any(String) };
  expect(tasks).toEqual(tasks.map(({ id }) => expect.objectContaining({ id, ...held })));
  expect(tasks.filter((task) => task.description !== undefined).length).toBeGreaterThan(0);
  expect(tasks.filter((task) => task.description === undefined).length).toBeGreaterThan(0);
  await ask('release_tasks', { task_ids: tasks.map((task) => task.id), agent: 'ann' });
});

test('a plan is short, and counts what it does not show', async () => {
  const plan = await short<{ execution_phases: { tasks: unknown[]; task_count: number }[]; not_shown: number }>(
    'generate_execution_plan',
    { goal_id: goalId },
  );
  const shown = plan.execution_phases.reduce((sum, phase) => sum + phase.tasks.length, 0);
  expect(plan).toMatchObject({ total_tasks: taskCount, not_shown: taskCount - shown });
  expect(plan.execution_phases[0]?.task_count).toBe(101);
  expect(shown).toBeGreaterThan(0);
});

test('what a change answers is short', async () => {
  await short('update_goal', { goal_id: goalId, priority: 'high' });
  const [first] = ids;
  const result = '\u0001'.repeat(40_000);
  await short('update_task_status', { task_id: first, status: 'in_progress', result });
  const all = ids.slice(0, 500).map((task_id) => ({ task_id, status: 'completed' }));
  expect((await short<{ successful: string[] }>('batch_update_tasks', { updates: all })).successful).toHaveLength(500);
  const unknown = times(500, (place) => ({ task_id: `TASK-${900_000_000_000_000 + place}`, status: 'completed' }));
  const failed = await short<{ failed: unknown[] }>('batch_update_tasks', { updates: unknown });
  expect(failed).toMatchObject({ failed_not_shown: 500 - failed.failed.length });
  const description = '\u0001'.repeat(10_000);
  const tools = times(100, () => '"'.repeat(200));
  const subtasks = times(20, () => ({ description, tools, type: '\u0001'.repeat(200), repo: '\\'.repeat(200) }));
  await short('break_down_goal', { goal_id: goalId, subtasks });
  await short('create_goal', { description, repos: tools, metadata: { a: description, b: description } });
  await short('delete_task', { task_id: first });
});

test('pages of goals are short, and leave none out', async () => {
  const made = new Set<string>();
  for (const _ of times(25, () => 0)) made.add((await ask<{ id: string }>('create_goal', { description: 'x' })).id);
  await fill('goals');
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await short<{ goals: { id: string }[]; next_cursor?: string }>('list_goals', {
      limit: 200,
      ...(cursor && { cursor }),
    });
    expect(page.goals.length).toBeGreaterThan(0);
    seen.push(...page.goals.map((goal) => goal.id));
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  expect(new Set(seen).size).toBe(seen.length);
  expect([...made].filter((id) => !seen.includes(id))).toEqual([]);
});

test('what a deletion answers is short', async () => {
  expect(await short('delete_goal', { goal_id: goalId })).toMatchObject({ deleted_tasks: taskCount + 19 });
});
