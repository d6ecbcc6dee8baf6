import { describe, expect, it } from 'vitest';
import { aGoal, aTask, check, now, recordsOf } from './support/records.ts';

/** The kinds of change, with the ID that each is about. */
function told(changes: { kind: string; id: string }[]): string[] {
  return changes.map(({ kind, id }) => `${kind} ${id}`);
}

const goals = { 'GOAL-0001': aGoal('GOAL-0001', ['TASK-0001', 'TASK-0002']) };

describe('clean records', () => {
  it('become rows as they are, with nothing to tell', () => {
    const tasks = {
      'TASK-0001': aTask('TASK-0001', 'GOAL-0001', {
        status: 'completed',
        completed_at: '2025-06-03T10:00:00',
        result: { a: 1 },
      }),
      'TASK-0002': aTask('TASK-0002', 'GOAL-0001', { dependencies: ['TASK-0001'] }),
    };
    const checked = check(recordsOf(goals, tasks, { goal: 8, task: 32 }));
    expect(checked.changes).toEqual([]);
    expect(checked.goals).toMatchObject([
      { id: 'GOAL-0001', number: 1, created_at: '2025-06-01T10:00:00.000001Z', total_tasks: 2, open_tasks: 1 },
    ]);
    expect(checked.tasks).toMatchObject([
      { id: 'TASK-0001', completed_at: '2025-06-03T10:00:00.000000Z', result: { a: 1 } },
      { id: 'TASK-0002', dependencies: ['TASK-0001'], open_dependencies: 0, parked: false },
    ]);
    expect(checked.highest).toEqual({ goal: 8, task: 32 });
    expect(checked.found).toEqual({ goals: 1, tasks: 2, dependencies: 1 });
  });
});

describe('a record', () => {
  it('that is read again is told of once', () => {
    // a task without a goal is read for the goal that is made for it, and then as all others
    const { changes } = check(recordsOf({}, { 'TASK-0001': aTask('TASK-0001', 'GOAL-0001', { owner: 'ann' }) }));
    expect(told(changes)).toEqual(['extra_field TASK-0001', 'missing_goal TASK-0001']);
  });
});

describe('dependencies', () => {
  const withDependencies = (first: unknown, second: unknown = []) =>
    check(
      recordsOf(goals, {
        'TASK-0001': aTask('TASK-0001', 'GOAL-0001', { dependencies: first }),
        'TASK-0002': aTask('TASK-0002', 'GOAL-0001', { dependencies: second }),
      }),
    );

  it('on tasks that are not there are left out, and kept in the report', () => {
    const { tasks, changes } = withDependencies(['TASK-0099', 'TASK-0002', 7, null]);
    expect(tasks[0]?.dependencies).toEqual(['TASK-0002']);
    expect(told(changes)).toEqual(Array(3).fill('missing_dependency TASK-0001'));
    expect(changes.map((change) => change.verbatim)).toEqual(['"TASK-0099"', '7', 'null']);
  });

  it('that close a cycle are left out, one for each cycle, and the cycle is named', () => {
    const { tasks, changes } = withDependencies(['TASK-0002'], ['TASK-0001']);
    expect(tasks.map((task) => task.dependencies)).toEqual([['TASK-0002'], []]);
    expect(changes).toEqual([
      {
        kind: 'cycle',
        id: 'TASK-0002',
        field: 'dependencies',
        message: 'its dependency on TASK-0001 closed the cycle TASK-0001 → TASK-0002 → TASK-0001',
        verbatim: '"TASK-0001"',
      },
    ]);
  });

  it('of a task on itself, or named twice, are left out', () => {
    const { tasks, changes } = withDependencies(['TASK-0001', 'TASK-0002', 'task-2']);
    expect(tasks[0]?.dependencies).toEqual(['TASK-0002']);
    expect(told(changes)).toEqual(['cycle TASK-0001', 'duplicate_dependency TASK-0001']);
  });

  it('may be null, missing or one text', () => {
    expect(told(withDependencies(null).changes)).toEqual(['missing_field TASK-0001']);
    expect(told(withDependencies(undefined).changes)).toEqual(['missing_field TASK-0001']);
    expect(withDependencies('TASK-0002').tasks[0]?.dependencies).toEqual(['TASK-0002']);
  });

  it('in a ring of 100,000 tasks lose one dependency', () => {
    const id = (n: number) => `TASK-${String(n).padStart(4, '0')}`;
    const size = 100_000;
    const tasks = Object.fromEntries(
      Array.from({ length: size }, (_, n) => [
        id(n),
        aTask(id(n), 'GOAL-0001', { dependencies: [id((n + 1) % size)] }),
      ]),
    );
    const { changes } = check(recordsOf({ 'GOAL-0001': aGoal('GOAL-0001', Object.keys(tasks)) }, tasks));
    expect(told(changes)).toEqual(['cycle TASK-99999']);
    expect(changes[0]?.message).toMatch(
      /^its dependency on TASK-0000 closed the cycle TASK-0000 → TASK-0001 .{200,300}$/,
    );
  });
});

describe('tasks and their goals', () => {
  it('a task whose goal is missing gets a goal of that ID', () => {
    const tasks = { 'TASK-0005': aTask('TASK-0005', 'GOAL-0009'), 'TASK-0006': aTask('TASK-0006', 'goal-9') };
    const { goals, tasks: rows, changes, highest } = check(recordsOf({}, tasks));
    expect(rows.map((task) => task.goal_id)).toEqual(['GOAL-0009', 'GOAL-0009']);
    expect(goals).toMatchObject([{ id: 'GOAL-0009', status: 'in_progress', total_tasks: 2, open_tasks: 2 }]);
    expect(told(changes)).toEqual(['missing_goal TASK-0005', 'missing_goal TASK-0006']);
    expect(highest.goal).toBe(9);
  });

  it('tasks that name no goal share a new one', () => {
    const tasks = { 'TASK-0005': aTask('TASK-0005', '?'), 'TASK-0006': aTask('TASK-0006', 'x', { goal_id: null }) };
    const { goals: rows, tasks: taskRows, created } = check(recordsOf(goals, tasks));
    expect(taskRows.map((task) => task.goal_id)).toEqual(['GOAL-0002', 'GOAL-0002']);
    expect(rows.map((goal) => goal.description)).toContain('Recovered: tasks that named no goal');
    expect(created).toEqual({ goal: 1, task: 0 });
  });

  it('what a goal lists is compared with the tasks, and the tasks count', () => {
    const listed = {
      'GOAL-0001': aGoal('GOAL-0001', ['TASK-0003', 'TASK-0001', 'TASK-0001', 'TASK-0077', 'TASK-0004']),
    };
    const records = recordsOf(
      { ...listed, 'GOAL-0002': aGoal('GOAL-0002', []) },
      {
        'TASK-0001': aTask('TASK-0001', 'GOAL-0001'),
        'TASK-0003': aTask('TASK-0003', 'GOAL-0001'),
        'TASK-0004': aTask('TASK-0004', 'GOAL-0002'),
      },
    );
    expect(check(records).changes.map(({ kind, id, verbatim }) => [kind, id, verbatim])).toEqual([
      ['task_order', 'GOAL-0001', '"TASK-0001"'],
      ['listed_task_missing', 'GOAL-0001', '"TASK-0077"'],
      ['listed_task_elsewhere', 'GOAL-0001', '"TASK-0004"'],
      ['task_order', 'GOAL-0001', '["TASK-0003","TASK-0001","TASK-0001","TASK-0077","TASK-0004"]'],
      ['task_not_listed', 'GOAL-0002', undefined],
    ]);
  });

  it('a goal in progress with nothing left to do is completed', () => {
    const done = aTask('TASK-0001', 'GOAL-0001', { status: 'completed', completed_at: '2025-06-03T10:00:00' });
    const { goals: rows, changes } = check(
      recordsOf({ 'GOAL-0001': aGoal('GOAL-0001', ['TASK-0001']) }, { 'TASK-0001': done }),
    );
    expect(rows[0]).toMatchObject({ status: 'completed', open_tasks: 0 });
    expect(told(changes)).toEqual(['goal_completed GOAL-0001']);
  });

  it('unfinished tasks of a closed goal are parked', () => {
    const closed = { 'GOAL-0001': aGoal('GOAL-0001', ['TASK-0001'], { status: 'cancelled' }) };
    expect(check(recordsOf(closed, { 'TASK-0001': aTask('TASK-0001', 'GOAL-0001') })).tasks[0]?.parked).toBe(true);
  });
});

describe('IDs', () => {
  it('the key counts where a record has another id, and references to either find it', () => {
    const tasks = {
      'TASK-0001': aTask('TASK-0042', 'GOAL-0001'),
      'TASK-0002': aTask('TASK-0002', 'GOAL-0001', { dependencies: ['TASK-0042'] }),
    };
    const { tasks: rows, changes, highest } = check(recordsOf(goals, tasks));
    expect(rows.map((task) => [task.id, task.dependencies])).toEqual([
      ['TASK-0001', []],
      ['TASK-0002', ['TASK-0001']],
    ]);
    expect(changes).toMatchObject([{ kind: 'id_mismatch', id: 'TASK-0001', verbatim: '"TASK-0042"' }]);
    expect(highest.task).toBe(2);
  });

  it('a key that is no ID gives way to the record’s id, or to a new one behind the highest and the counter', () => {
    const tasks = {
      a: aTask('TASK-0007', 'GOAL-0001'),
      b: aTask('b', 'GOAL-0001', { dependencies: ['a', 'TASK-0007'] }),
      'task-7': aTask('task-7', 'GOAL-0001'),
    };
    const { tasks: rows, changes } = check(
      recordsOf({ 'GOAL-0001': aGoal('GOAL-0001', ['a', 'b', 'task-7']) }, tasks, { goal: 1, task: 30 }),
    );
    expect(rows.map((task) => [task.id, task.dependencies])).toEqual([
      ['TASK-0007', []],
      ['TASK-0031', []],
      ['TASK-0032', ['TASK-0031', 'TASK-0007']],
    ]);
    expect(told(changes)).toContain('new_id TASK-0032');
  });

  it('that are there already are skipped, renumbered or overwritten', () => {
    const records = () =>
      recordsOf(goals, {
        'TASK-0001': aTask('TASK-0001', 'GOAL-0001'),
        'TASK-0002': aTask('TASK-0002', 'GOAL-0001', { dependencies: ['TASK-0001'] }),
      });
    const existing = { goals: new Map([['GOAL-0001', 'completed']]), tasks: new Map([['TASK-0001', 'completed']]) };
    const firstNew = { goal: 5, task: 6 };
    const skipped = check(records(), { existing, firstNew });
    expect(skipped.goals).toEqual([]);
    expect(skipped.tasks).toMatchObject([
      { id: 'TASK-0002', goal_id: 'GOAL-0001', open_dependencies: 0, parked: true },
    ]);
    expect(told(skipped.changes)).toEqual(['already_there GOAL-0001', 'already_there TASK-0001']);
    const renumbered = check(records(), { existing, firstNew, onConflict: 'renumber' });
    expect(renumbered.goals).toMatchObject([{ id: 'GOAL-0005' }]);
    expect(renumbered.tasks).toMatchObject([
      { id: 'TASK-0002', goal_id: 'GOAL-0005', dependencies: ['TASK-0006'], open_dependencies: 1 },
      { id: 'TASK-0006', goal_id: 'GOAL-0005' },
    ]);
    const overwritten = check(records(), { existing, firstNew, onConflict: 'overwrite' });
    expect(overwritten.tasks).toMatchObject([
      { id: 'TASK-0001', exists: true },
      { id: 'TASK-0002', exists: false },
    ]);
    expect(told(overwritten.changes)).toEqual(['overwritten GOAL-0001', 'overwritten TASK-0001']);
  });

  it('counters that are lower than the IDs are reported', () => {
    const { changes, highest } = check(recordsOf({ 'GOAL-0012': aGoal('GOAL-0012') }, {}, { goal: 3, task: 0 }));
    expect(changes).toMatchObject([{ kind: 'counter', id: 'goal', verbatim: '3' }]);
    expect(highest).toEqual({ goal: 12, task: 0 });
  });
});

describe('fields', () => {
  const one = (fields: Record<string, unknown>) => {
    const { tasks, changes } = check(
      recordsOf(
        { 'GOAL-0001': aGoal('GOAL-0001', ['TASK-0001'], { status: 'planned' }) },
        { 'TASK-0001': aTask('TASK-0001', 'GOAL-0001', fields) },
      ),
    );
    return { row: tasks[0], changes, kinds: changes.map(({ kind, field }) => `${kind} ${field}`) };
  };
  const goal = (fields: Record<string, unknown>) => {
    const { goals, changes } = check(recordsOf({ 'GOAL-0001': aGoal('GOAL-0001', [], fields) }));
    return { row: goals[0], changes, kinds: changes.map(({ kind, field }) => `${kind} ${field}`) };
  };

  it.each([
    ['Completed', 'completed'],
    ['DONE', 'completed'],
    ['in-progress', 'in_progress'],
    ['Canceled', 'cancelled'],
    ['whatever', 'pending'],
    [7, 'pending'],
  ])('an unknown status %j becomes %s', (status, expected) => {
    const { row, changes } = one({ status });
    expect(row?.status).toBe(expected);
    expect(changes).toMatchObject([
      { kind: 'unknown_status', verbatim: JSON.stringify(status) },
      ...(expected === 'completed' ? [{}] : []),
    ]);
  });

  it('an unknown priority becomes medium', () => {
    expect(one({ priority: 'P0' })).toMatchObject({
      row: { priority: 'medium' },
      kinds: ['unknown_priority priority'],
    });
    expect(goal({ priority: 'Critical' })).toMatchObject({
      row: { priority: 'high' },
      kinds: ['unknown_priority priority'],
    });
  });

  it('completed_at goes with the status, in both directions', () => {
    expect(one({ status: 'completed' })).toMatchObject({
      row: { completed_at: '2025-06-01T11:00:00.000004Z' },
      kinds: ['completed_at completed_at'],
    });
    const reopened = one({ completed_at: '2025-06-03T10:00:00' });
    expect(reopened.row?.completed_at).toBeNull();
    expect(reopened.changes).toMatchObject([{ kind: 'completed_at', verbatim: '"2025-06-03T10:00:00"' }]);
  });

  it('that are missing get defaults', () => {
    const { tasks, changes } = check(recordsOf(goals, { 'TASK-0001': { goal_id: 'GOAL-0001' } }));
    expect(tasks[0]).toMatchObject({
      description: '(no description)',
      type: 'general',
      status: 'pending',
      priority: 'medium',
      assigned_tools: [],
      created_at: now,
      updated_at: now,
      result: null,
    });
    const fields = changes.filter((change) => change.id === 'TASK-0001').map((change) => change.field);
    expect(fields).toEqual(
      expect.arrayContaining([
        'id',
        'description',
        'type',
        'status',
        'priority',
        'assigned_tools',
        'created_at',
        'updated_at',
        'dependencies',
      ]),
    );
  });

  it('that do not exist go to a goal’s metadata, and to the report for a task', () => {
    const extra = goal({ owner: 'ann', metadata: { a: 1 }, team: null });
    expect(extra.row?.metadata).toEqual({ a: 1, owner: 'ann', team: null });
    expect(extra.kinds).toEqual(['extra_field owner', 'extra_field team']);
    const clash = goal({ a: 2, metadata: { a: 1 } });
    expect(clash.row?.metadata).toEqual({ a: 1 });
    expect(clash.changes).toMatchObject([{ message: 'a is kept here only', verbatim: '2' }]);
    expect(one({ notes: ['x'] }).changes).toMatchObject([{ kind: 'extra_field', field: 'notes', verbatim: '["x"]' }]);
  });

  it('null where a list belongs is an empty list', () => {
    expect(goal({ repos: null, tasks: null })).toMatchObject({
      row: { repos: [] },
      kinds: ['missing_field repos', 'missing_field tasks'],
    });
    expect(one({ assigned_tools: null })).toMatchObject({ row: { assigned_tools: [] } });
  });

  it('of another type are turned into text, or left out', () => {
    expect(one({ repo: 5, estimated_effort: { h: 2 }, assigned_tools: 'git' })).toMatchObject({
      row: { repo: '5', estimated_effort: '{"h":2}', assigned_tools: ['git'] },
      kinds: ['wrong_type repo', 'wrong_type estimated_effort', 'wrong_type assigned_tools'],
    });
    expect(goal({ metadata: [1] })).toMatchObject({
      row: { metadata: { value: [1] } },
      kinds: ['wrong_type metadata'],
    });
  });

  it('with NUL or lone surrogates are made storable, wherever they are, and kept as they were', () => {
    const { row, changes } = one({ description: 'a\0b\ud800', result: { 'k\0': ['\udc00'] } });
    expect(row).toMatchObject({ description: 'a\ufffdb\ufffd', result: { 'k\ufffd': ['\ufffd'] } });
    expect(changes.map((change) => change.verbatim)).toEqual(['"a\\u0000b\\ud800"', '{"k\\u0000":["\\udc00"]}']);
  });

  it('over the limit are cut between characters, and kept whole in the report', () => {
    const long = `${'x'.repeat(9_999)}🚀 and more`;
    const { row, changes } = one({ description: long });
    expect(row?.description).toBe('x'.repeat(9_999));
    expect(changes).toMatchObject([{ kind: 'over_limit', field: 'description', verbatim: JSON.stringify(long) }]);
  });

  it('JSON over the limit of size or depth is kept in the report only', () => {
    const large = 'y'.repeat(300_000);
    expect(one({ result: large })).toMatchObject({ row: { result: null }, kinds: ['over_limit result'] });
    let deep: unknown = 1;
    for (let level = 0; level < 120; level += 1) deep = [deep];
    expect(goal({ metadata: { deep } })).toMatchObject({ row: { metadata: {} }, kinds: ['over_limit metadata'] });
    // 1e300 has 301 digits in the database
    expect(goal({ metadata: { n: Array(5_000).fill(1e300) } })).toMatchObject({ row: { metadata: {} } });
  });

  it('timestamps in another form are read, and kept as they were', () => {
    const { row, changes } = one({ created_at: '2025-06-01 11:00:00Z', updated_at: 1763828500, completed_at: 'soon' });
    expect(row).toMatchObject({
      created_at: '2025-06-01T11:00:00.000000Z',
      updated_at: '2025-11-22T16:21:40.000000Z',
      completed_at: null,
    });
    expect(changes.map(({ kind, verbatim }) => [kind, verbatim])).toEqual([
      ['timestamp', '"2025-06-01 11:00:00Z"'],
      ['timestamp', '1763828500'],
      ['timestamp', '"soon"'],
    ]);
  });
});
