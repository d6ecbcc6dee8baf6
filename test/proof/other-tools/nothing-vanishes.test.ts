import type pg from 'pg';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { breakDownGoal } from '../../../src/service/break-down-goal.ts';
import type { Call } from '../../../src/service/call.ts';
import { claimTasks } from '../../../src/service/claims.ts';
import { deleteGoal } from '../../../src/service/delete-goal.ts';
import { createGoal, getGoal } from '../../../src/service/goals.ts';
import { addNote } from '../../../src/service/notes.ts';
import { setTaskStatus } from '../../../src/service/set-task-statuses.ts';
import { deleteTask, getTasks } from '../../../src/service/tasks.ts';
import { undo } from '../../../src/service/undo.ts';
import { aGoal, aSubtask, someTasks } from '../../support/builders.ts';
import { aCall, aStore } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { repeats, tell } from '../../support/proof.ts';
import { wholeState } from '../../support/random-history.ts';

const size = repeats('rounds', { briefly: 100, atLength: 1_000 });

let call: Call;
let sql: pg.Client;
let connection: pg.ClientConfig;

beforeAll(async () => {
  ({ call, sql, connection } = await aCall());
});
beforeEach(() => sql.query('truncate goals, tasks, task_dependencies, notes, operations, events cascade'));

describe('nothing vanishes unnamed', () => {
  it('finished tasks stay, with their results, for every later session', async () => {
    const goal = await aGoal(call);
    const tasks = await someTasks(call, goal, size);
    for (const taskId of tasks) await setTaskStatus(call, { taskId, status: 'completed', result: `of ${taskId}` });
    // somebody else begins anew, plans anew, and finds no more work: all of that leaves the finished ones alone
    const later = { store: await aStore(connection), actor: 'a later session' };
    await createGoal(later, { description: 'another plan', priority: 'high', repos: [], metadata: {} });
    await breakDownGoal(later, goal, [aSubtask()]);
    await claimTasks(later, { limit: 50, leaseSeconds: 60 });
    expect((await getTasks(later, tasks)).notFound).toEqual([]);
    const { rows } = await sql.query(
      `select count(*)::int4 as kept from tasks where status = 'completed' and result = to_jsonb('of ' || id)`,
    );
    expect(rows).toEqual([{ kept: size }]);
    tell('finished tasks stay', { finished: size, kept: rows[0].kept });
  });

  it('whoever deletes a goal is told of each task that goes with it, and undo brings all of it back', async () => {
    const goal = await aGoal(call);
    const tasks = await someTasks(call, goal, size);
    const waiting = await breakDownGoal(call, goal, [aSubtask({ dependencies: tasks.slice(0, 9) })]);
    await addNote(call, { taskId: tasks[0] ?? '' }, 'a note');
    await setTaskStatus(call, { taskId: tasks[1] ?? '', status: 'completed', result: { done: true } });
    await claimTasks({ ...call, actor: 'bob' }, { limit: 3, leaseSeconds: 600 });
    const before = await wholeState(sql);
    const { taskIds, claims } = await deleteGoal(call, goal);
    expect(taskIds.toSorted()).toEqual([...tasks, ...waiting.taskIds].toSorted());
    expect(claims.map(({ claimed_by }) => claimed_by)).toEqual(['bob', 'bob', 'bob']);
    await expect(getGoal(call, goal)).rejects.toMatchObject({ code: 'not_found' });
    await undo(call, undefined);
    expect({ ...(await wholeState(sql)), claims: [] }).toEqual({ ...before, claims: [] });
    expect(await brokenInvariants(sql)).toEqual({});
    tell('a deleted goal', { tasks: taskIds.length, named: taskIds.length, 'back after undo': taskIds.length });
  });

  it('whoever deletes a task is told what depended on it', async () => {
    const goal = await aGoal(call);
    const [task = ''] = await someTasks(call, goal, 1);
    const { taskIds } = await breakDownGoal(call, goal, [aSubtask({ dependencies: [task] })]);
    const before = await wholeState(sql);
    expect((await deleteTask(call, task)).dependentTasks).toEqual(taskIds);
    await undo(call, undefined);
    expect(await wholeState(sql)).toEqual(before);
  });
});
