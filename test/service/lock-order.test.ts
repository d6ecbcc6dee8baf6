import pg from 'pg';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { Call } from '../../src/service/call.ts';
import { claimTasks, releaseTasks } from '../../src/service/claims.ts';
import { deleteGoal } from '../../src/service/delete-goal.ts';
import { updateGoal } from '../../src/service/goals.ts';
import { setTaskStatuses } from '../../src/service/set-task-statuses.ts';
import { deleteTask } from '../../src/service/tasks.ts';
import { undo } from '../../src/service/undo.ts';
import { updateTask } from '../../src/service/update-task.ts';
import { aGoal, aSubtask, aTask, someTasks } from '../support/builders.ts';
import { callsOf } from '../support/database.ts';

// As text TASK-10000 comes before TASK-9999. Whoever locks both in that order deadlocks with all others.

const { calls, sql, connection } = await callsOf('ann', 'bob');
const [ann, bob] = calls;
const low = 'TASK-9999';
const high = 'TASK-10000';
const both = [low, high];

/** Ready to be blocked: gives back the change that touches both tasks. */
type Case = () => Promise<() => Promise<unknown>>;

const claimBoth = (call: Call, leaseSeconds = 900) => claimTasks(call, { taskIds: both, limit: 2, leaseSeconds });

async function theTwo(dependencies: string[] = []): Promise<string> {
  const goal = await aGoal(ann);
  await sql.query(`update counters set next = 9999 where kind = 'task'`);
  await breakDownGoal(ann, goal, [aSubtask({ dependencies }), aSubtask({ dependencies })]);
  return goal;
}

const cases: Record<string, Case> = {
  'a batch of statuses': async () => {
    await theTwo();
    return () =>
      setTaskStatuses(
        bob,
        [...both].reverse().map((taskId) => ({ taskId, status: 'completed' })),
      );
  },
  'a release': async () => {
    await theTwo();
    await claimBoth(bob);
    return () => releaseTasks(bob, { taskIds: [high, low] });
  },
  'the completion of what both wait for': async () => {
    const goal = await aGoal(ann);
    const first = await aTask(ann, goal);
    await theTwo([first]);
    return () => setTaskStatuses(bob, [{ taskId: first, status: 'completed' }]);
  },
  'the deletion of what both wait for': async () => {
    const first = await aTask(ann, await aGoal(ann));
    await theTwo([first]);
    return () => deleteTask(bob, first);
  },
  'the deletion of the goal of what both wait for': async () => {
    const goal = await aGoal(ann);
    await theTwo([await aTask(ann, goal)]);
    return () => deleteGoal(bob, goal);
  },
  'the deletion of their goal': async () => {
    const goal = await theTwo();
    return () => deleteGoal(bob, goal);
  },
  'the end of their goal': async () => {
    const goal = await theTwo();
    return () => updateGoal(bob, goal, { status: 'cancelled' });
  },
  'a breakdown that opens their goal again': async () => {
    const goal = await theTwo();
    await updateGoal(ann, goal, { status: 'completed' });
    return () => breakDownGoal(bob, goal, [aSubtask()]);
  },
  'a task that moves to their goal and opens it again': async () => {
    const goal = await theTwo();
    await updateGoal(ann, goal, { status: 'completed' });
    const moved = await aTask(ann, await aGoal(ann));
    return () => updateTask(bob, moved, { edit: {}, goalId: goal });
  },
  'an undo of their breakdown': async () => {
    await theTwo();
    return () => undo(ann, undefined);
  },
};

const blocked = `select from pg_stat_activity where datname = current_database() and application_name = 'goal-agent' and wait_event in ('transactionid', 'tuple')`;

/** Enough rows that each of the two is found by its ID, and no index has them by chance in the order of their numbers. */
async function aStoreOfMany(): Promise<void> {
  await sql.query('truncate goals, tasks, task_dependencies, operations, events cascade');
  await sql.query('update counters set next = 1');
  await someTasks(ann, await aGoal(ann), 500);
  await sql.query('analyze');
}

/** A transaction of somebody else that holds the lower of the two. */
async function aHolder() {
  const holder = new pg.Client(connection);
  await holder.connect();
  onTestFinished(() => holder.end());
  await holder.query(`begin; select from tasks where id = '${low}' for update`);
  return {
    /** Fails where whoever waits for the lower one has the higher one. */
    async takeTheOther() {
      await expect.poll(async () => (await sql.query(blocked)).rowCount, { timeout: 10_000, interval: 10 }).toBe(1);
      await holder.query(`select from tasks where id = '${high}' for update nowait`);
      await holder.query('commit');
    },
  };
}

describe('tasks are locked in the order of their numbers by', () => {
  beforeEach(aStoreOfMany);

  it.each(Object.entries(cases))('%s', async (_, prepare) => {
    const change = await prepare();
    const holder = await aHolder();
    const changed = change();
    changed.catch(() => {});
    await holder.takeTheOther();
    await changed;
  });

  it('a claim, for the words of results that the database wrote', async () => {
    const goal = await theTwo();
    await updateGoal(ann, goal, { metadata: { max_attempts: 1 } });
    await claimBoth(ann);
    await sql.query(`update claims set expires_at = now() - interval '1 second'`);
    const words = new pg.Client(connection);
    await words.connect();
    onTestFinished(() => words.end());
    await words.query('begin; lock table task_words in share mode');
    const claimed = claimTasks(bob, { goalId: goal, limit: 5, leaseSeconds: 900 });
    claimed.catch(() => {});
    const failed = async () => (await sql.query(`select from tasks where status = 'failed'`)).rowCount;
    await expect.poll(failed, { timeout: 10_000, interval: 10 }).toBe(2);
    const holder = await aHolder();
    await words.query('rollback');
    await holder.takeTheOther();
    expect(await claimed).toEqual([]);
  });
});
