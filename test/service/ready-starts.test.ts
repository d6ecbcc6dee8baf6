import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { PoolCall } from '../../src/service/call.ts';
import { advanceReady, claimTasks, releaseTasks } from '../../src/service/claims.ts';
import { deleteGoal } from '../../src/service/delete-goal.ts';
import { createGoal, updateGoal } from '../../src/service/goals.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { deleteTask, listReady } from '../../src/service/tasks.ts';
import { undo } from '../../src/service/undo.ts';
import { updateTask } from '../../src/service/update-task.ts';
import { waitingMark } from '../../src/store/listener.ts';
import { aGoal, aSubtask, someTasks } from '../support/builders.ts';
import { aCall, aStore } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';

let call: PoolCall;
let sql: pg.Client;
let connection: pg.ClientConfig;
/** How often those who wait for ready tasks were told. */
let told = 0;

beforeAll(async () => {
  ({ call, sql, connection } = await aCall());
  // as a process in which somebody waits (docs/decisions/waits.md)
  await sql.query(`select pg_advisory_lock_shared(${waitingMark}, hashtext('goal_agent_ready_1'))`);
  await sql.query('listen goal_agent_ready_1');
  sql.on('notification', () => {
    told += 1;
  });
});

const claimOne = async (by: PoolCall = call) =>
  (await claimTasks(by, { limit: 1, leaseSeconds: 900 })).map((task) => task.id)[0];

interface Earlier {
  /** A claimed task. */
  claimed: string;
  /** It waits for the claimed one. */
  waiting: string;
  goal: string;
}

/** Ready work begins behind all of a goal's tasks: one is claimed, and one waits for it. */
async function aPassedGoal(): Promise<Earlier> {
  await sql.query('truncate goals, tasks, task_dependencies, operations, events, ready_starts cascade');
  const goal = await aGoal(call);
  const { taskIds } = await breakDownGoal(call, goal, [aSubtask(), aSubtask({ dependencies: ['#1'] })]);
  await someTasks(call, await aGoal(call), 3);
  await claimOne();
  await advanceReady(call);
  return { claimed: taskIds[0] as string, waiting: taskIds[1] as string, goal };
}

/** Ways in which an earlier task becomes ready, and which one that is. */
const ways: Record<string, (there: Earlier) => Promise<string | undefined>> = {
  async 'its dependency is completed'({ claimed, waiting }) {
    await setTaskStatus(call, { taskId: claimed, status: 'completed' });
    return waiting;
  },
  async 'it is set to pending'({ claimed }) {
    await setTaskStatus(call, { taskId: claimed, status: 'pending' });
    return claimed;
  },
  async 'it is released'({ claimed }) {
    await releaseTasks(call, { taskIds: [claimed] });
    return claimed;
  },
  async 'its lease ran out'({ claimed }) {
    await sql.query("update claims set expires_at = now() - interval '1 second' where task_id = $1", [claimed]);
    return claimed;
  },
  async 'its dependency is deleted'({ claimed, waiting }) {
    await deleteTask(call, claimed);
    return waiting;
  },
  async 'its dependency is taken away'({ claimed, waiting }) {
    await updateTask(call, waiting, { edit: {}, dependencies: { add: [], remove: [claimed] } });
    return waiting;
  },
  async 'the goal of its dependency is deleted'({ claimed, waiting }) {
    const goal = await aGoal(call);
    await updateTask(call, claimed, { edit: {}, goalId: goal });
    await deleteGoal(call, goal);
    return waiting;
  },
  async 'its goal is opened again'({ claimed, goal }) {
    await releaseTasks(call, { taskIds: [claimed] });
    await updateGoal(call, goal, { status: 'cancelled' });
    await advanceReady(call);
    await updateGoal(call, goal, { status: 'in_progress' });
    return claimed;
  },
  async 'a completed goal gets another task'({ claimed, goal }) {
    await releaseTasks(call, { taskIds: [claimed] });
    await updateGoal(call, goal, { status: 'completed' });
    await advanceReady(call);
    await someTasks(call, goal, 1);
    return claimed;
  },
  async 'an undo takes a claim back'({ claimed }) {
    await undo(call, undefined);
    return claimed;
  },
  async 'an undo brings a deleted goal back'({ claimed, goal }) {
    await releaseTasks(call, { taskIds: [claimed] });
    await deleteGoal(call, goal);
    await advanceReady(call);
    await undo(call, undefined);
    return claimed;
  },
  async 'a more important task is new'({ goal }) {
    return (await breakDownGoal(call, goal, [aSubtask({ priority: 'high' })])).taskIds[0];
  },
  async 'a task becomes more important'() {
    const last = (await listReady(call, { limit: 10 })).tasks.at(-1)?.id as string;
    await updateTask(call, last, { edit: { priority: 'high' } });
    return last;
  },
};

/** Those who wait know when a lease ends. */
const isToldBefore = (way: string) => way === 'its lease ran out';

describe('a claim takes a more important task first that became ready behind where ready work began, and who waits is told', () => {
  it.each(Object.entries(ways))('%s', async (way, becomesReady) => {
    const there = await aPassedGoal();
    await sql.query('select');
    told = 0;
    const { rows } = await sql.query("select number::int4 from ready_starts where priority = 'medium'");
    expect(rows[0].number).toBeGreaterThan(Number(there.waiting.slice(5)));
    const expected = await becomesReady(there);
    await sql.query('select'); // what was notified comes with its answer
    if (!isToldBefore(way)) expect(told).toBeGreaterThan(0);
    expect((await listReady(call, { limit: 1 })).tasks[0]?.id).toBe(expected);
    expect(await brokenInvariants(sql)).toEqual({});
    expect(await claimOne()).toBe(expected);
  });
});

it('none is passed over by a claim that begins later, whoever moves the start meanwhile', async () => {
  await sql.query('truncate goals, tasks, task_dependencies, operations, events, ready_starts cascade');
  const goal = (await createGoal(call, { description: 'g', priority: 'low', repos: [], metadata: {} })).id;
  const pairs = Array.from({ length: 300 }, (_, n) =>
    n % 2 === 0 ? aSubtask() : aSubtask({ dependencies: [`#${n}`] }),
  );
  const { taskIds } = await breakDownGoal(call, goal, pairs);
  const others = { ...call, store: await aStore(connection) };
  let isOver = false;
  const advancing = (async () => {
    while (!isOver) await advanceReady(others).catch(() => {});
  })();
  try {
    for (let n = 0; n < taskIds.length; n += 2) {
      const [first, second] = [taskIds[n], taskIds[n + 1]] as [string, string];
      // two makers and a claimer: the task behind the first one of those that are completed is the next, always
      expect(await claimOne()).toBe(first);
      await setTaskStatus(call, { taskId: first, status: 'completed' });
      expect(await claimOne()).toBe(second);
    }
  } finally {
    isOver = true;
    await advancing;
  }
  expect(await brokenInvariants(sql)).toEqual({});
});

it('a claim walks past little of what was claimed under an old snapshot', async () => {
  await sql.query('truncate goals, tasks, task_dependencies, operations, events, ready_starts cascade');
  await someTasks(call, await aGoal(call), 1_000);
  await someTasks(call, await aGoal(call), 1_000);
  const old = new pg.Client(connection);
  await old.connect();
  await old.query('begin isolation level repeatable read');
  await old.query('select count(*) from tasks');
  const buffers = async () => {
    const { rows } = await sql.query(`explain (analyze, buffers, format json)
      select t.id from tasks t
      where t.workspace_id = 1 and t.status = 'pending' and t.open_dependencies = 0 and not t.parked and t.priority = 'medium'
        and t.number >= coalesce((select s.number from ready_starts s where s.workspace_id = 1 and s.priority = 'medium'), 0)
      order by t.number
      limit 1`);
    return rows[0]['QUERY PLAN'][0].Plan['Shared Hit Blocks'];
  };
  for (let n = 0; n < 1_500; n += 50) await claimTasks(call, { limit: 50, leaseSeconds: 900 });
  await sql.query('delete from ready_starts');
  await sql.query('analyze tasks');
  const before = await buffers();
  await advanceReady(call);
  const after = await buffers();
  await old.end();
  expect(after).toBeLessThan(15);
  expect(before).toBeGreaterThan(after);
});
