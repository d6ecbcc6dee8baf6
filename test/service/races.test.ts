import type pg from 'pg';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { Call } from '../../src/service/call.ts';
import { deleteGoal } from '../../src/service/delete-goal.ts';
import { createGoal, findOneGoal, updateGoal } from '../../src/service/goals.ts';
import { setTaskStatus, setTaskStatuses } from '../../src/service/set-task-statuses.ts';
import { deleteTask, getTask } from '../../src/service/tasks.ts';
import { aGoal, aSubtask, aTask, someTasks } from '../support/builders.ts';
import { callsOf } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { deadlocks, settled } from '../support/race.ts';

// what three or more do to each other; raced-pairs.test.ts has the pairs
const rounds = 60;

let calls: [Call, Call, Call];
let sql: pg.Client;

beforeAll(async () => {
  ({ calls, sql } = await callsOf('ann', 'bob', 'cat'));
});

afterEach(async () => {
  expect(await brokenInvariants(sql)).toEqual({});
  await sql.query('truncate goals, tasks, task_dependencies, operations, events cascade');
});

describe('at the same moment', () => {
  it('many create goals and none gets the ID of another', async () => {
    const goals = await Promise.all(
      Array.from({ length: 150 }, (_, n) =>
        createGoal(calls[n % 3] as Call, { description: `goal ${n}`, priority: 'low', repos: [], metadata: {} }),
      ),
    );
    expect(new Set(goals.map((goal) => goal.id)).size).toBe(150);
  });

  it('the last two tasks of a goal are completed, and the goal is completed once', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const goal = await aGoal(calls[0]);
      const [a, b] = (await someTasks(calls[0], goal, 2)) as [string, string];
      const outcomes = await Promise.all([
        setTaskStatus(calls[1], { taskId: a, status: 'completed' }),
        setTaskStatus(calls[2], { taskId: b, status: 'completed' }),
      ]);
      expect(outcomes.flatMap((outcome) => outcome.completedGoals)).toEqual([goal]);
      expect((await findOneGoal(calls[0], goal)).status).toBe('completed');
    }
  });

  it('a dependency is completed while a task is added to it', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const goal = await aGoal(calls[0]);
      const dependency = await aTask(calls[0], goal);
      await Promise.all([
        setTaskStatus(calls[1], { taskId: dependency, status: 'completed' }),
        breakDownGoal(calls[2], goal, [aSubtask({ dependencies: [dependency] })]),
      ]);
      expect(await brokenInvariants(sql)).toEqual({});
    }
  });

  it('a task is deleted while it is completed, and while another task is made to depend on it', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const goal = await aGoal(calls[0]);
      const [task, other] = (await someTasks(calls[0], goal, 2)) as [string, string];
      await aTask(calls[0], goal, [task, other]);
      await settled(
        ['not_found'],
        [
          deleteTask(calls[0], task),
          setTaskStatus(calls[1], { taskId: task, status: 'completed' }),
          breakDownGoal(calls[2], goal, [aSubtask({ dependencies: [task] })]),
        ],
      );
      expect(await brokenInvariants(sql)).toEqual({});
    }
  });

  it('a goal is deleted while it is broken down and its tasks are completed', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const goal = await aGoal(calls[0]);
      const [task] = (await someTasks(calls[0], goal, 3)) as [string];
      await settled(
        ['not_found'],
        [
          deleteGoal(calls[0], goal),
          setTaskStatus(calls[1], { taskId: task, status: 'completed' }),
          breakDownGoal(calls[2], goal, [aSubtask(), aSubtask()]),
        ],
      );
      expect(await brokenInvariants(sql)).toEqual({});
    }
  });

  it('a goal is closed and opened while its tasks are completed and reopened', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const goal = await aGoal(calls[0]);
      const [a, b] = (await someTasks(calls[0], goal, 3)) as [string, string];
      await Promise.all([
        updateGoal(calls[0], goal, { status: 'cancelled' }),
        setTaskStatus(calls[1], { taskId: a, status: 'completed' }),
        setTaskStatus(calls[2], { taskId: b, status: 'in_progress' }),
      ]);
      await Promise.all([
        updateGoal(calls[0], goal, { status: 'in_progress' }),
        setTaskStatus(calls[1], { taskId: a, status: 'pending' }),
        setTaskStatus(calls[2], { taskId: b, status: 'pending' }),
      ]);
      expect(await brokenInvariants(sql)).toEqual({});
    }
  });

  it('batches over the same tasks and goals, in opposite order, never deadlock', async () => {
    const goals = await Promise.all([0, 1, 2].map(() => aGoal(calls[0])));
    const tasks = (await Promise.all(goals.map((goal) => someTasks(calls[0], goal, 6)))).flat();
    // a web of dependencies from each goal to the next
    await breakDownGoal(calls[0], goals[0] as string, [aSubtask({ dependencies: tasks.slice(0, 9) })]);
    await breakDownGoal(calls[0], goals[2] as string, [aSubtask({ dependencies: tasks.slice(4, 18) })]);
    const before = await deadlocks(sql);
    const flip = (call: Call, ids: string[], status: 'completed' | 'pending') =>
      setTaskStatuses(
        call,
        ids.map((taskId) => ({ taskId, status })),
      );
    for (let round = 0; round < rounds; round += 1) {
      await Promise.all([
        flip(calls[0], tasks, round % 2 === 0 ? 'completed' : 'pending'),
        flip(calls[1], tasks.toReversed(), 'completed'),
        flip(calls[2], tasks.slice(3, 12).toReversed(), 'pending'),
      ]);
      expect(await brokenInvariants(sql)).toEqual({});
    }
    expect(await deadlocks(sql)).toBe(before);
  });

  it('an update is never lost: metadata keys set by many are all there', async () => {
    const goal = await aGoal(calls[0]);
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => updateGoal(calls[n % 3] as Call, goal, { metadata: { [`key${n}`]: n } })),
    );
    expect(Object.keys((await findOneGoal(calls[0], goal)).metadata)).toHaveLength(60);
  });

  it('many complete one task, and it has one completion time and its result is one of theirs', async () => {
    const goal = await aGoal(calls[0]);
    const task = await aTask(calls[0], goal);
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        setTaskStatus(calls[n % 3] as Call, { taskId: task, status: 'completed', result: { by: n } }),
      ),
    );
    const { rows } = await sql.query(
      "select distinct after ->> 'completed_at' as at from events where task_id = $1 and action = 'updated'",
      [task],
    );
    expect(rows).toHaveLength(1);
    expect((await getTask(calls[0], task)).result).toHaveProperty('by');
  });
});
