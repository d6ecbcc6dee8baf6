import type pg from 'pg';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import { getBriefing } from '../../src/service/briefing.ts';
import type { Call } from '../../src/service/call.ts';
import { claimTasks } from '../../src/service/claims.ts';
import { findOneGoal, getGoal } from '../../src/service/goals.ts';
import { findHeldUp } from '../../src/service/held-up.ts';
import { listTasks } from '../../src/service/list-tasks.ts';
import { generatePlan } from '../../src/service/plans.ts';
import { setTaskStatus, setTaskStatuses } from '../../src/service/set-task-statuses.ts';
import { deleteTask, getTask, listReady } from '../../src/service/tasks.ts';
import { undo } from '../../src/service/undo.ts';
import { updateTask } from '../../src/service/update-task.ts';
import { aGoal, aSubtask, aTask } from '../support/builders.ts';
import { callsOf } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';

let call: Call;
let sql: pg.Client;

beforeAll(async () => {
  const opened = await callsOf('tester');
  [call] = opened.calls;
  sql = opened.sql;
});

afterEach(async () => {
  expect(await brokenInvariants(sql)).toEqual({});
  await sql.query('truncate goals, tasks, task_dependencies, operations, events cascade');
});

/** A goal of two tasks, the second of which waits for the first. */
async function aChain() {
  const goal = await aGoal(call);
  const first = await aTask(call, goal);
  const second = await aTask(call, goal, [first]);
  return { goal, first, second };
}

const readyIds = async () => (await listReady(call, { limit: 10 })).tasks.map(({ id }) => id);
const one = { limit: 1, leaseSeconds: 60 };

describe('a cancelled task', () => {
  it('is closed for its goal, and those that depend on it are named and go on waiting', async () => {
    const { goal, first, second } = await aChain();
    const { task, leftWaiting, madeReady } = await setTaskStatus(call, { taskId: first, status: 'cancelled' });
    expect(task).toMatchObject({ status: 'cancelled', completed_at: null });
    expect({ leftWaiting, madeReady }).toEqual({ leftWaiting: [second], madeReady: [] });
    expect(await findOneGoal(call, goal)).toMatchObject({ total_tasks: 2, completed_tasks: 1, status: 'in_progress' });
    expect(await readyIds()).toEqual([]);
    expect(await findHeldUp(call, [second])).toMatchObject([{ id: second, waits_for: first, status: 'cancelled' }]);
    const { plan } = await generatePlan(call, goal);
    expect([...plan.waitsFor]).toEqual([[second, [first]]]);
    expect(plan.readyTaskIds).toEqual([]);
  });

  it('lets them go where that is said, at once or later, and takes them back with itself', async () => {
    const { goal, first, second } = await aChain();
    await setTaskStatus(call, { taskId: first, status: 'cancelled' });
    const let_go = await setTaskStatus(call, { taskId: first, status: 'cancelled', waive: true });
    expect(let_go).toMatchObject({ madeReady: [second], leftWaiting: [], task: { waived: true } });
    expect((await generatePlan(call, goal)).plan.phases).toMatchObject([{ taskIds: [second] }]);
    // a task that comes to depend on it does not wait either
    const third = await aTask(call, goal, [first]);
    expect(await readyIds()).toEqual([second, third]);
    // said again without a word on it, that stays
    expect(await setTaskStatus(call, { taskId: first, status: 'cancelled', result: 'why' })).toMatchObject({
      task: { waived: true },
    });
    await setTaskStatus(call, { taskId: first, status: 'pending' });
    expect(await readyIds()).toEqual([first]);
    expect(await getTask(call, first)).not.toHaveProperty('waived');
  });

  it('completes its goal when it was the last open one, and opens it when it is taken up again', async () => {
    const goal = await aGoal(call);
    const [a, b] = (await breakDownGoal(call, goal, [aSubtask(), aSubtask()])).taskIds as [string, string];
    await setTaskStatus(call, { taskId: a, status: 'completed' });
    const last = await setTaskStatus(call, { taskId: b, status: 'cancelled' });
    expect(last.completedGoals).toEqual([goal]);
    // completed in place of cancelled moves nothing
    expect(await setTaskStatus(call, { taskId: b, status: 'completed' })).toMatchObject({ completedGoals: [] });
    expect((await setTaskStatus(call, { taskId: b, status: 'pending' })).reopenedGoals).toEqual([goal]);
  });

  it('no longer holds up a task that stops to depend on it, and goes with those that it let go', async () => {
    const { first, second } = await aChain();
    await setTaskStatus(call, { taskId: first, status: 'cancelled' });
    await updateTask(call, second, { edit: {}, dependencies: { add: [], remove: [first] } });
    expect(await readyIds()).toEqual([second]);
    await updateTask(call, second, { edit: {}, dependencies: { add: [first], remove: [] } });
    expect(await readyIds()).toEqual([]);
    await setTaskStatus(call, { taskId: first, status: 'cancelled', waive: true });
    await deleteTask(call, first);
    expect(await readyIds()).toEqual([second]);
  });

  it('is undone with what it let go', async () => {
    const { goal, first, second } = await aChain();
    await setTaskStatus(call, { taskId: first, status: 'cancelled', waive: true });
    await undo(call, undefined);
    expect(await readyIds()).toEqual([first]);
    await setTaskStatuses(call, [
      { taskId: first, status: 'cancelled', waive: true },
      { taskId: second, status: 'cancelled' },
    ]);
    expect((await findOneGoal(call, goal)).status).toBe('completed');
    await undo(call, undefined);
    expect(await findOneGoal(call, goal)).toMatchObject({ status: 'in_progress', completed_tasks: 0 });
    expect(await readyIds()).toEqual([first]);
  });
});

describe('a deferred task', () => {
  /** As if its time had come. */
  const itsTimeComes = () =>
    sql.query(`update tasks set defer_until = now() - interval '1 second' where defer_until is not null`);

  it('is not ready, and becomes so by itself, whoever looks first', async () => {
    const goal = await aGoal(call);
    const id = await aTask(call, goal);
    const looks: Record<string, () => Promise<unknown>> = {
      'get_next_tasks shows it': async () => (await readyIds()).includes(id),
      'a claim takes it': async () => (await claimTasks(call, one)).map((task) => task.id).includes(id),
      'a claim of its goal takes it': async () =>
        (await claimTasks(call, { ...one, goalId: goal })).map((task) => task.id).includes(id),
      'its name is enough to claim it': async () => (await claimTasks(call, { ...one, taskIds: [id] })).length === 1,
      'it says so itself': async () => (await getTask(call, id)).status === 'pending',
      'its goal says so': async () => (await getGoal(call, goal)).tasks[0]?.status === 'pending',
      'it is listed so': async () => (await listTasks(call, { status: 'pending' }, { limit: 5 })).length === 1,
      'the briefing tells of it': async () => (await getBriefing(call, {})).ready.length === 1,
      'the plan has it': async () => (await generatePlan(call, goal)).tasks.get(id)?.status === 'pending',
    };
    for (const [what, look] of Object.entries(looks)) {
      const deferred = await setTaskStatus(call, {
        taskId: id,
        status: 'deferred',
        deferUntil: '2999-01-01T00:00:00Z',
      });
      expect(deferred.task, what).toMatchObject({ status: 'deferred', defer_until: '2999-01-01T00:00:00.000Z' });
      expect(await look(), `${what}, too early`).toBe(false);
      await itsTimeComes();
      expect(await look(), what).toBe(true);
      await setTaskStatus(call, { taskId: id, status: 'pending' });
    }
    const { rows } = await sql.query(`select count(*)::int4 as ended from events where action = 'deferral_ended'`);
    expect(rows).toEqual([{ ended: Object.keys(looks).length }]);
  });

  it('waits for somebody to say so where no time is given, and counts as open', async () => {
    const goal = await aGoal(call);
    const id = await aTask(call, goal);
    await setTaskStatus(call, { taskId: id, status: 'deferred', deferUntil: '2999-01-01T00:00:00Z' });
    await setTaskStatus(call, { taskId: id, status: 'deferred' });
    expect(await getTask(call, id)).not.toHaveProperty('defer_until');
    expect(await findOneGoal(call, goal)).toMatchObject({ completed_tasks: 0, status: 'in_progress' });
    expect(await claimTasks(call, one)).toEqual([]);
  });

  it('comes back pending where its deferral is taken back, and a deferral that ended is in nobody’s way', async () => {
    const id = await aTask(call, await aGoal(call));
    await setTaskStatus(call, { taskId: id, status: 'deferred', deferUntil: '2999-01-01T00:00:00Z' });
    await undo(call, undefined);
    expect(await readyIds()).toEqual([id]);
    await setTaskStatus(call, { taskId: id, status: 'deferred', deferUntil: '2999-01-01T00:00:00Z' });
    await itsTimeComes();
    expect(await readyIds()).toEqual([id]);
    await undo(call, undefined);
    expect(await readyIds()).toEqual([id]);
  });

  it('becomes pending once when several look at the same moment', async () => {
    const id = await aTask(call, await aGoal(call));
    await setTaskStatus(call, { taskId: id, status: 'deferred', deferUntil: '2999-01-01T00:00:00Z' });
    await itsTimeComes();
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimTasks(call, one)));
    expect(claims.flat().map((task) => task.id)).toEqual([id]);
  });
});
