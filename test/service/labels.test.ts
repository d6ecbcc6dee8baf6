import type pg from 'pg';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import { getBriefing } from '../../src/service/briefing.ts';
import type { Call } from '../../src/service/call.ts';
import { claimTasks, releaseTasks } from '../../src/service/claims.ts';
import { createGoal, updateGoal } from '../../src/service/goals.ts';
import { type GoalFilter, listGoals } from '../../src/service/list-goals.ts';
import { listTasks } from '../../src/service/list-tasks.ts';
import { addNote } from '../../src/service/notes.ts';
import { search } from '../../src/service/search.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { getTask } from '../../src/service/tasks.ts';
import { undo } from '../../src/service/undo.ts';
import { updateTask } from '../../src/service/update-task.ts';
import { briefingText } from '../../src/tools/answers/briefing-text.ts';
import { aGoal, aSubtask } from '../support/builders.ts';
import { callsOf } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';

let calls: Call[];
let call: Call;
let sql: pg.Client;

beforeAll(async () => {
  const opened = await callsOf('tester', 'bob', 'cat');
  calls = opened.calls;
  [call] = opened.calls;
  sql = opened.sql;
});

afterEach(async () => {
  expect(await brokenInvariants(sql)).toEqual({});
  await sql.query('truncate goals, tasks, task_dependencies, operations, events cascade');
});

/** Tasks with these labels, in this order. */
async function labelled(goal: string, ...labels: string[][]): Promise<string[]> {
  return (
    await breakDownGoal(
      call,
      goal,
      labels.map((each) => aSubtask({ labels: each })),
    )
  ).taskIds;
}

const claim = async (labels: string[], more: object = {}) =>
  (await claimTasks(call, { labels, limit: 10, leaseSeconds: 60, ...more })).map(({ id }) => id);

describe('claims by label', () => {
  it('take the tasks that have all of them, most important first', async () => {
    const goal = await aGoal(call);
    const [ui, both, , last] = await labelled(goal, ['ui'], ['api', 'ui'], ['api'], ['ui', 'api', 'x']);
    await updateTask(call, last as string, { edit: { priority: 'high' } });
    expect(await claim(['ui', 'api'])).toEqual([last, both]);
    expect(await claim(['ui', 'api'])).toEqual([]);
    expect(await claim(['ui'], { limit: 1 })).toEqual([ui]);
    expect(await claim(['nothing'])).toEqual([]);
    // and those of a goal
    const other = await aGoal(call);
    const [there] = await labelled(other, ['api']);
    expect(await claim(['api'], { goalId: other })).toEqual([there]);
  });

  it('find a task again whenever it becomes ready, however it stopped to be so', async () => {
    const goal = await aGoal(call);
    const [id, first] = (await labelled(goal, ['ui'], [])) as [string, string];
    const aside: Record<string, () => Promise<unknown>> = {
      'it was released': async () => {
        await claim(['ui']);
        await releaseTasks(call, { taskIds: [id] });
      },
      'it was blocked': async () => {
        await setTaskStatus(call, { taskId: id, status: 'blocked' });
        expect(await claim(['ui'])).toEqual([]);
        await setTaskStatus(call, { taskId: id, status: 'pending' });
      },
      'what it waited for was completed': async () => {
        await updateTask(call, id, { edit: {}, dependencies: { add: [first], remove: [] } });
        expect(await claim(['ui'])).toEqual([]);
        await setTaskStatus(call, { taskId: first, status: 'completed' });
      },
      'its goal was opened': async () => {
        await updateGoal(call, goal, { status: 'cancelled' });
        expect(await claim(['ui'])).toEqual([]);
        await updateGoal(call, goal, { status: 'in_progress' });
      },
      'its lease ran out': async () => {
        await claim(['ui']);
        await sql.query(`update claims set expires_at = now() - interval '1 second'`);
      },
      'a change of it was taken back': async () => {
        await setTaskStatus(call, { taskId: id, status: 'cancelled' });
        expect(await claim(['ui'])).toEqual([]);
        await undo(call, undefined);
      },
      'it got its label back': async () => {
        await updateTask(call, id, { edit: { labels: ['other'] } });
        expect(await claim(['ui'])).toEqual([]);
        await updateTask(call, id, { edit: { labels: ['ui'] } });
      },
    };
    for (const [what, happens] of Object.entries(aside)) {
      await happens();
      expect(await claim(['ui']), what).toEqual([id]);
      await releaseTasks(call, { taskIds: [id] });
    }
  });

  it('give each task to one of many that ask at once', async () => {
    const goal = await aGoal(call);
    const ids = await labelled(goal, ...Array.from({ length: 30 }, () => ['ui']));
    const claims = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        claimTasks(calls[n % calls.length] as Call, { labels: ['ui'], limit: 1, leaseSeconds: 60 }),
      ),
    );
    const taken = claims.flat().map(({ id }) => id);
    expect(new Set(taken).size).toBe(taken.length);
    const rest = await claim(['ui'], { limit: 50 });
    expect([...taken, ...rest].sort()).toEqual([...ids].sort());
  });

  it('walk past what is not ready only once, however much of it there is', async () => {
    const goal = await aGoal(call);
    const late = await aGoal(call);
    await labelled(goal, ...Array.from({ length: 350 }, () => ['ui']));
    const [free] = await labelled(late, ['ui']);
    await updateGoal(call, goal, { status: 'cancelled' });
    expect(await claim(['ui'], { limit: 1 })).toEqual([free]);
    const { rows } = await sql.query('select count(*)::int4 as marked from task_labels where ready');
    expect(rows).toEqual([{ marked: 0 }]);
  });
});

it('goals and tasks are listed by labels and by what else is asked for, page by page', async () => {
  const goals = [];
  for (const labels of [['a'], ['a', 'b'], ['b']]) {
    goals.push((await createGoal(call, { description: 'g', priority: 'low', repos: ['r'], labels, metadata: {} })).id);
  }
  const listed = async (filter: object) => (await listGoals(call, filter, { limit: 5 })).goals.map(({ id }) => id);
  expect(await listed({ labels: ['a'] })).toEqual([goals[1], goals[0]]);
  expect(await listed({ labels: ['a', 'b'], repo: 'r', status: 'planned', priority: 'low' })).toEqual([goals[1]]);
  expect(await listed({ labels: ['a'], repo: 'other' })).toEqual([]);
  expect((await listGoals(call, { labels: ['b'] }, { limit: 1 })).total).toBe(2);

  const ids = await labelled(goals[0] as string, ['x'], ['x', 'y'], ['y'], ['x']);
  const tasks = async (filter: object, before?: number) =>
    (await listTasks(call, filter, { limit: 2, before })).map(({ id }) => id);
  expect(await tasks({ labels: ['x'] })).toEqual([ids[3], ids[1]]);
  const [, second] = await listTasks(call, { labels: ['x'] }, { limit: 2 });
  expect(await tasks({ labels: ['x'] }, second?.number)).toEqual([ids[0]]);
  expect(await tasks({ labels: ['x', 'y'] })).toEqual([ids[1]]);
  expect(await tasks({ labels: ['x'], goalId: goals[0], status: 'pending' })).toEqual([ids[3], ids[1]]);
  expect(await getTask(call, ids[1] as string)).toMatchObject({ labels: ['x', 'y'] });
  await updateGoal(call, goals[0] as string, { labels: [], due_at: '2030-05-01T00:00:00Z' });
  expect(await listed({ labels: ['a'] })).toEqual([goals[1]]);
});

it('goals of a label are counted, those of several or of a repository up to 200, and all of them are listed', async () => {
  const input = { description: 'g', priority: 'low' as const, repos: ['r'], labels: ['many', 'more'], metadata: {} };
  await Promise.all(Array.from({ length: 210 }, () => createGoal(call, input)));
  const counted = async (filter: GoalFilter) => {
    const { goals, total } = await listGoals(call, filter, { limit: 250 });
    return [goals.length, total];
  };
  expect(await counted({ labels: ['many'] })).toEqual([210, 210]);
  expect(await counted({ labels: ['many'], status: 'planned' })).toEqual([210, 210]);
  expect(await counted({ labels: ['many', 'more'] })).toEqual([210, 200]);
  expect(await counted({ labels: ['many'], repo: 'r' })).toEqual([210, 200]);
});

it('tells in a briefing what is late or due within a week, what is due first at the top', async () => {
  const goal = await aGoal(call);
  const day = 86_400_000;
  const inDays = (days: number) => new Date(Date.now() + days * day).toISOString();
  const { taskIds } = await breakDownGoal(
    call,
    goal,
    [3, -2, 30, 1, -1].map((days) => aSubtask({ due_at: inDays(days) })),
  );
  await setTaskStatus(call, { taskId: taskIds[3] as string, status: 'cancelled' });
  await setTaskStatus(call, { taskId: taskIds[4] as string, status: 'completed' });
  const expected = [
    { id: taskIds[1], late: true, total: 2 },
    { id: taskIds[0], late: false },
  ];
  expect((await getBriefing(call, {})).due).toMatchObject(expected);
  expect((await getBriefing(call, { goalId: goal })).due).toMatchObject(expected);
  expect(briefingText(await getBriefing(call, {}), 5_000).text).toContain(`- ${taskIds[1]} pending, overdue since `);
  await updateTask(call, taskIds[1] as string, { edit: { due_at: null } });
  expect((await getBriefing(call, {})).due).toMatchObject([{ id: taskIds[0] }]);
  // a goal has its own, while it is open
  await updateGoal(call, goal, { due_at: '2020-01-01T00:00:00Z' });
  const both = [
    { id: goal, status: 'in_progress', late: true, total: 2 },
    { id: taskIds[0], total: 2 },
  ];
  expect((await getBriefing(call, {})).due).toMatchObject(both);
  expect((await getBriefing(call, { goalId: goal })).due).toMatchObject(both);
  await updateGoal(call, goal, { status: 'cancelled' });
  expect((await getBriefing(call, {})).due).toEqual([]);
});

it('a search by labels finds what has all of them, whatever its status, and no notes', async () => {
  const goal = (
    await createGoal(call, { description: 'Ship needle', priority: 'low', repos: [], labels: ['a'], metadata: {} })
  ).id;
  const { taskIds } = await breakDownGoal(call, goal, [
    aSubtask({ description: 'needle one', labels: ['a'] }),
    aSubtask({ description: 'needle two', labels: ['a', 'b'] }),
    aSubtask({ description: 'needle three' }),
  ]);
  const [one, two] = taskIds as [string, string, string];
  await addNote(call, { taskId: one }, 'needle');
  const found = async (labels: string[], more: object = {}) =>
    (await search(call, { query: 'needle', labels, limit: 10, ...more })).found.map(({ id }) => id).toSorted();
  expect(await found(['a'])).toEqual([goal, one, two].toSorted());
  expect(await found(['b', 'a'])).toEqual([two]);
  expect(await found(['a'], { kind: 'note' })).toEqual([]);
  await setTaskStatus(call, { taskId: two, status: 'completed' });
  expect(await found(['a'], { status: 'completed' })).toEqual([two]);
  expect(await found(['a'], { status: 'pending' })).toEqual([one]);
  expect(await found(['none'])).toEqual([]);
  expect((await search(call, { query: `needle ${two}`, labels: ['b'], limit: 10 })).found[0]?.id).toBe(two);
});
