import type pg from 'pg';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Call } from '../../src/service/call.ts';
import { deleteGoal } from '../../src/service/delete-goal.ts';
import { findOneGoal, getGoal } from '../../src/service/goals.ts';
import { addNote } from '../../src/service/notes.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { deleteTask, getTask } from '../../src/service/tasks.ts';
import { updateTask } from '../../src/service/update-task.ts';
import { aGoal, aTask, someTasks } from '../support/builders.ts';
import { callsOf } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';

const rounds = 60;

let calls: [Call, Call];
let sql: pg.Client;

beforeAll(async () => {
  ({ calls, sql } = await callsOf('tester', 'other'));
});

afterEach(async () => {
  expect(await brokenInvariants(sql)).toEqual({});
  await sql.query('truncate goals, tasks, task_dependencies, notes, operations, events cascade');
});

const dependOn = (call: Call, task: string, ...add: string[]) =>
  updateTask(call, task, { edit: {}, dependencies: { add, remove: [] } });
const moveTo = (call: Call, task: string, goalId: string) => updateTask(call, task, { edit: {}, goalId });

describe('at the same moment', () => {
  it('two add one half of a cycle each, and one of them fails', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [a, b] = (await someTasks(calls[0], await aGoal(calls[0]), 2)) as [string, string];
      const outcomes = await Promise.allSettled([dependOn(calls[0], a, b), dependOn(calls[1], b, a)]);
      expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const lost = outcomes.find((outcome) => outcome.status === 'rejected');
      expect((lost as PromiseRejectedResult).reason).toMatchObject({ code: 'invalid' });
    }
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('three close a ring over goals, and one of them fails', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const goals = await Promise.all([0, 1, 2].map(() => aGoal(calls[0])));
      const [a, b, c] = (await Promise.all(goals.map((goal) => aTask(calls[0], goal)))) as [string, string, string];
      const outcomes = await Promise.allSettled([
        dependOn(calls[0], a, b),
        dependOn(calls[1], b, c),
        dependOn(calls[0], c, a),
      ]);
      expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(1);
    }
  });

  it('a dependency is completed while a task is made to depend on it', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [a, b] = (await someTasks(calls[0], await aGoal(calls[0]), 2)) as [string, string];
      await Promise.all([
        dependOn(calls[0], a, b),
        setTaskStatus(calls[1], { taskId: b, status: 'completed' }),
        updateTask(calls[1], a, { edit: { description: `round ${round}` } }),
      ]);
      expect(await brokenInvariants(sql)).toEqual({});
      expect((await getTask(calls[0], a)).description).toBe(`round ${round}`);
    }
  });

  it('a task moves while it is completed, its old goal deleted, or two pull at it', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [from, to, other] = (await Promise.all([0, 1, 2].map(() => aGoal(calls[0])))) as [string, string, string];
      const [task] = (await someTasks(calls[0], from, 2)) as [string];
      await settled([
        moveTo(calls[0], task, to),
        setTaskStatus(calls[1], { taskId: task, status: 'completed' }),
        moveTo(calls[1], task, other),
        round % 2 === 0 ? deleteGoal(calls[0], from) : deleteTask(calls[1], task),
      ]);
      expect(await brokenInvariants(sql)).toEqual({});
    }
  });

  it('a note is written on a task while it moves or goes', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [from, to] = (await Promise.all([aGoal(calls[0]), aGoal(calls[0])])) as [string, string];
      const [task] = (await someTasks(calls[0], from, 2)) as [string];
      await settled([
        addNote(calls[0], { taskId: task }, 'x'),
        addNote(calls[1], { goalId: from }, 'y'),
        round % 3 === 0
          ? deleteTask(calls[1], task)
          : round % 3 === 1
            ? deleteGoal(calls[1], from)
            : moveTo(calls[1], task, to),
      ]);
      const { rows } = await sql.query(
        'select n.id from notes n left join tasks t on t.workspace_id = n.workspace_id and t.id = n.task_id where n.task_id is not null and t.goal_id is distinct from n.goal_id',
      );
      expect(rows).toEqual([]);
    }
  });
});

describe('a task that moves', () => {
  it('takes its notes along, and completes the goal that is left with completed tasks only', async () => {
    const [from, to] = [await aGoal(calls[0]), await aGoal(calls[0])];
    const [a, b] = (await someTasks(calls[0], from, 2)) as [string, string];
    await setTaskStatus(calls[0], { taskId: a, status: 'completed' });
    await addNote(calls[0], { taskId: b }, 'mine');
    const { task, goals } = await moveTo(calls[0], b, to);
    expect(task.goal_id).toBe(to);
    expect(goals.toSorted((x, y) => x.id.localeCompare(y.id))).toEqual([
      { id: from, status: 'completed' },
      { id: to, status: 'in_progress' },
    ]);
    expect(await findOneGoal(calls[0], to)).toMatchObject({ tasks: [b], total_tasks: 1, completed_tasks: 0 });
    expect((await getGoal(calls[0], to)).notes.notes).toMatchObject([{ text: 'mine', goal_id: to }]);
  });

  it('is one operation, with the row as it was and as it is', async () => {
    const [from, to] = [await aGoal(calls[0]), await aGoal(calls[0])];
    const [a, b, c] = (await someTasks(calls[0], from, 3)) as [string, string, string];
    await dependOn(calls[0], a, b);
    await updateTask(calls[0], a, {
      edit: { repo: 'api', tools: ['x'] },
      goalId: to,
      dependencies: { add: [c], remove: [b] },
    });
    const { rows } = await sql.query(
      `select goal_id, task_id, before ->> 'goal_id' as was, before -> 'dependencies' as waited, after -> 'dependencies' as waits,
        after ->> 'repo' as repo, after -> 'assigned_tools' as tools
      from events where operation = (select max(operation) from events) order by seq`,
    );
    expect(rows).toMatchObject([
      { goal_id: to, task_id: a, was: from, waited: [b], waits: [c], repo: 'api', tools: ['x'] },
      { goal_id: to, task_id: null },
    ]);
  });
});

/** Those that lose a race are told that what they meant is gone; nothing else may go wrong. */
async function settled(work: Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'not_found' });
  }
}
