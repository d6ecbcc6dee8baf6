import type pg from 'pg';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { breakDownGoal } from '../../../src/service/break-down-goal.ts';
import type { Call, PoolCall } from '../../../src/service/call.ts';
import { claimTasks } from '../../../src/service/claims.ts';
import { deleteGoal } from '../../../src/service/delete-goal.ts';
import { addNote } from '../../../src/service/notes.ts';
import { setTaskStatus, setTaskStatuses } from '../../../src/service/set-task-statuses.ts';
import { deleteTask } from '../../../src/service/tasks.ts';
import { undo } from '../../../src/service/undo.ts';
import { updateTask } from '../../../src/service/update-task.ts';
import { aGoal, aSubtask, aTask, someTasks } from '../../support/builders.ts';
import { callsOf } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { deadlocks, settled } from '../../support/race.ts';

const rounds = 50;

let calls: [PoolCall, PoolCall, PoolCall];
let sql: pg.Client;

beforeAll(async () => {
  ({ calls, sql } = await callsOf('ann', 'bob', 'cat'));
});
afterEach(async () => {
  expect(await brokenInvariants(sql)).toEqual({});
  await sql.query('truncate goals, tasks, task_dependencies, operations, events, notes cascade');
});

const reasons = ['not_found', 'conflict', 'invalid'];

async function round(work: () => Promise<unknown>[]): Promise<string[]> {
  const outcomes = await settled(reasons, work());
  expect(await brokenInvariants(sql)).toEqual({});
  return outcomes;
}

async function lastEvent(): Promise<number> {
  return (await sql.query('select seq::int4 from events order by seq desc limit 1')).rows[0].seq;
}

const complete = (call: Call, taskId: string) => setTaskStatus(call, { taskId, status: 'completed' });

describe('at the same moment', () => {
  it('an undo of a breakdown and the completion, claim, note or deletion of one of its tasks: one of them wins', async () => {
    for (let n = 0; n < rounds; n += 1) {
      const goal = await aGoal(calls[0]);
      const [task] = (await someTasks(calls[0], goal, 3)) as [string];
      const event = await lastEvent();
      const rivals = [
        () => complete(calls[1], task),
        () => deleteTask(calls[1], task),
        () => addNote(calls[1], { taskId: task }, 'a note'),
        () => updateTask(calls[1], task, { edit: { description: 'edited' } }),
      ];
      const outcomes = await round(() => [
        undo(calls[0], event),
        (rivals[n % rivals.length] as () => Promise<unknown>)(),
      ]);
      expect(outcomes.toSorted()).toEqual(['fulfilled', 'rejected']);
    }
  });

  it('an undo of a completion and the completion of the task’s last other dependency and of its goal', async () => {
    for (let n = 0; n < rounds; n += 1) {
      const goal = await aGoal(calls[0]);
      const [a, b] = (await someTasks(calls[0], goal, 2)) as [string, string];
      const c = await aTask(calls[0], goal, [a, b]);
      await complete(calls[0], a);
      const event = await lastEvent();
      await round(() => [undo(calls[0], event), complete(calls[1], b), complete(calls[2], c)]);
    }
  });

  it('an undo of a deletion and the deletion of what it depended on, of its dependent, of the goal', async () => {
    for (let n = 0; n < rounds; n += 1) {
      const goal = await aGoal(calls[0]);
      const a = await aTask(calls[0], goal);
      const b = await aTask(calls[0], goal, [a]);
      const c = await aTask(calls[0], goal, [b]);
      await deleteTask(calls[0], b);
      const event = await lastEvent();
      const rivals = [() => deleteTask(calls[1], a), () => deleteTask(calls[1], c), () => deleteGoal(calls[1], goal)];
      await round(() => [
        undo(calls[0], event),
        (rivals[n % 3] as () => Promise<unknown>)(),
        updateTask(calls[2], a, { edit: {}, dependencies: { add: [c], remove: [] } }),
      ]);
    }
  });

  it('an undo and claims of the same tasks: none is held by two, and none lost', async () => {
    for (let n = 0; n < rounds; n += 1) {
      const goal = await aGoal(calls[0]);
      await someTasks(calls[0], goal, 4);
      const [task] = await claimTasks(calls[0], { goalId: goal, limit: 2, leaseSeconds: 600 });
      const event = await lastEvent();
      await round(() => [
        undo(calls[0], event),
        claimTasks(calls[1], { goalId: goal, limit: 3, leaseSeconds: 600 }),
        setTaskStatus(calls[0], { taskId: task?.id ?? '', status: 'completed', fence: task?.fence }),
      ]);
    }
  });

  it('two undos of one operation: it is taken back once', async () => {
    for (let n = 0; n < rounds; n += 1) {
      const goal = await aGoal(calls[0]);
      const tasks = await someTasks(calls[0], goal, 3);
      await setTaskStatuses(
        calls[0],
        tasks.map((taskId) => ({ taskId, status: 'completed' as const })),
      );
      const event = await lastEvent();
      const outcomes = await round(() => [undo(calls[1], event), undo(calls[2], event)]);
      expect(outcomes.toSorted()).toEqual(['fulfilled', 'rejected']);
    }
  });

  it('anything at all, over the same tasks and goals, never deadlocks', async () => {
    const goals = await Promise.all([0, 1].map(() => aGoal(calls[0])));
    const before = await deadlocks(sql);
    for (let n = 0; n < rounds; n += 1) {
      const [goal = '', other = ''] = n % 2 === 0 ? goals : goals.toReversed();
      const tasks = await someTasks(calls[0], goal, 3);
      const all = (status: 'completed' | 'pending') => tasks.map((taskId) => ({ taskId, status }));
      await round(() => [
        undo(calls[0], undefined),
        setTaskStatuses(calls[1], all('completed')),
        undo(calls[1], undefined),
        breakDownGoal(calls[2], other, [aSubtask({ dependencies: tasks.slice(0, 2) })]),
        updateTask(calls[2], tasks[0] ?? '', { edit: {}, goalId: other }),
        undo(calls[2], undefined),
        claimTasks(calls[1], { limit: 2, leaseSeconds: 1 }),
        addNote(calls[2], { taskId: tasks[1] ?? '' }, 'a note'),
      ]);
    }
    expect(await deadlocks(sql)).toBe(before);
  });
});
