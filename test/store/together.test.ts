import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import { claimTasks } from '../../src/service/claims.ts';
import { createGoal } from '../../src/service/goals.ts';
import { addNote } from '../../src/service/notes.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { aGoal, aSubtask, someTasks } from '../support/builders.ts';
import { aCall } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';

const { call, sql } = await aCall();
const { database } = call.store;
const agent = (n: number) => ({ ...call, actor: `agent-${n}` });
const many = <T>(count: number, make: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)));
const newGoal = (n: number) => ({ description: `goal ${n}`, priority: 'low' as const, repos: [], metadata: {} });

/** How many transactions claimed tasks of a goal, for how many operations. */
async function claimsOf(goalId: string): Promise<{ transactions: number; operations: number }> {
  const { rows } = await sql.query(
    `select count(distinct o.xmin::text)::int4 as transactions, count(distinct o.id)::int4 as operations
     from events e join operations o on o.workspace_id = e.workspace_id and o.seq = e.operation
     where e.goal_id = $1 and e.action = 'claimed'`,
    [goalId],
  );
  return rows[0];
}

/** What the events of a goal's tasks say, with whatever tells goals, tasks and times apart taken out. */
async function historyOf(goalId: string): Promise<unknown[]> {
  const { rows } = await sql.query(
    `select o.tool, o.reason, e.action, e.before, e.after - '{lease_expires_at,claimed_by}'::text[] as after, count(*)::int4 as times
     from events e join operations o on o.workspace_id = e.workspace_id and o.seq = e.operation
     where e.goal_id = $1 and e.action = 'claimed' and o.actor = e.after ->> 'claimed_by'
     group by 1, 2, 3, 4, 5`,
    [goalId],
  );
  return rows;
}

/** Seconds of the lease on tasks, from when they were claimed. */
async function leaseOf(claimed: { id: string }[]): Promise<number> {
  const { rows } = await sql.query(
    `select distinct extract(epoch from c.expires_at - t.updated_at)::float8 as seconds
     from claims c join tasks t on t.workspace_id = c.workspace_id and t.id = c.task_id where t.id = any($1)`,
    [claimed.map(({ id }) => id)],
  );
  expect(rows).toHaveLength(1);
  return rows[0].seconds;
}

test('many changes at once share a few connections, and each has its own answer, operation and actor', async () => {
  const goals = await many(120, (n) => createGoal(agent(n), newGoal(n)));
  expect(new Set(goals.map(({ id }) => id)).size).toBe(120);
  expect(goals.map(({ description }) => description)).toEqual(goals.map((_, n) => `goal ${n}`));
  // two flights, numbers, and the look at what was made
  expect(database.poolState().open).toBeLessThanOrEqual(6);
  const { rows } = await sql.query(
    `select o.actor, e.goal_id, o.id from operations o join events e on e.operation = o.seq where e.goal_id = any($1)`,
    [goals.map(({ id }) => id)],
  );
  expect(new Set(rows.map((row) => row.id)).size).toBe(120);
  const actors = new Map(rows.map((row) => [row.goal_id, row.actor]));
  expect(goals.map(({ id }) => actors.get(id))).toEqual(goals.map((_, n) => `agent-${n}`));
});

test('what is wrong with one change concerns no other', async () => {
  const [goalId] = [await aGoal(call)];
  const ids = await someTasks(call, goalId, 20);
  const held = await claimTasks(agent(99), { taskIds: ids.slice(0, 5), limit: 5, leaseSeconds: 600 });
  expect(held).toHaveLength(5);
  const answers = await Promise.allSettled(
    ids.map((taskId) => setTaskStatus(agent(1), { taskId, status: 'completed' })),
  );
  expect(answers.map(({ status }) => status)).toEqual(ids.map((_, n) => (n < 5 ? 'rejected' : 'fulfilled')));
  const noteAnswers = await Promise.allSettled([
    ...ids.slice(0, 10).map((taskId) => addNote(call, { taskId }, 'here')),
    ...ids.slice(0, 10).map(() => addNote(call, { taskId: 'TASK-99999' }, 'nowhere')),
  ]);
  expect(noteAnswers.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
});

test('the last of many completions at once completes the goal, once, and makes what waits ready', async () => {
  const goalId = await aGoal(call);
  const { tasks } = await breakDownGoal(call, goalId, [
    ...Array.from({ length: 40 }, () => aSubtask()),
    aSubtask({ dependencies: Array.from({ length: 40 }, (_, n) => `#${n + 1}`) }),
  ]);
  const ids = tasks.map(({ id }) => id);
  const first = await Promise.all(
    ids.slice(0, 40).map((taskId, n) => setTaskStatus(agent(n), { taskId, status: 'completed' })),
  );
  expect(first.filter(({ madeReady }) => madeReady.includes(ids[40] ?? ''))).toHaveLength(1);
  expect(first.flatMap(({ completedGoals }) => completedGoals)).toEqual([]);
  const last = await setTaskStatus(call, { taskId: ids[40] ?? '', status: 'completed' });
  expect(last.completedGoals).toEqual([goalId]);
  expect(await brokenInvariants(sql)).toEqual({});
});

test('claims at once get different tasks, as claims one by one do', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 30 }), async (limits) => {
      const goalId = await aGoal(call);
      await someTasks(call, goalId, 40);
      const claimed = await Promise.all(
        limits.map((limit, n) => claimTasks(agent(n), { goalId, limit, leaseSeconds: 600 })),
      );
      const ids = claimed.flatMap((tasks) => tasks.map(({ id }) => id));
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toHaveLength(
        Math.min(
          40,
          limits.reduce((sum, limit) => sum + limit, 0),
        ),
      );
      const { rows } = await sql.query('select task_id, holder from claims where task_id = any($1)', [ids]);
      const holders = new Map(rows.map((row) => [row.task_id, row.holder]));
      claimed.forEach((tasks, n) => {
        for (const { id, fence } of tasks)
          expect({ holder: holders.get(id), fence }).toEqual({ holder: `agent-${n}`, fence: 1 });
      });
    }),
    { numRuns: 15 },
  );
  expect(await brokenInvariants(sql)).toEqual({});
});

test('claims that are one statement leave the same answers, rows and history as claims one by one', async () => {
  const limits = [1, 3, 1, 2, 4, 1, 1, 2, 1, 1, 5];
  const [together, alone] = [await aGoal(call, 'together'), await aGoal(call, 'alone')];
  // fewer than are wanted: the last of them get nothing
  for (const goal of [together, alone]) await someTasks(call, goal, 19);
  const claim = (goalId: string, limit: number, n: number) =>
    claimTasks(agent(n), { goalId, limit, leaseSeconds: 600 + n });
  const atOnce = await Promise.all(limits.map((limit, n) => claim(together, limit, n)));
  const { transactions, operations } = await claimsOf(together);
  expect(transactions).toBeLessThan(operations);
  expect(operations).toBe(atOnce.filter((claimed) => claimed.length > 0).length);
  const oneByOne = [];
  for (const [n, limit] of limits.entries()) oneByOne.push(await claim(alone, limit, n));
  // who comes first among those that come at once is nobody's promise: each has its number of tasks, and all are given
  const shapeOf = (claimed: (typeof atOnce)[number]) =>
    claimed.map(({ id, goal_id, created_at, updated_at, lease_expires_at, ...rest }) => rest);
  const full = (all: typeof atOnce) => all.filter((claimed, n) => claimed.length === limits[n]).map(shapeOf);
  expect(full(atOnce)[0]).toEqual(full(oneByOne)[0]);
  expect(atOnce.flat()).toHaveLength(19);
  const ids = atOnce.flatMap((claimed) => claimed.map(({ id }) => id));
  expect(new Set(ids).size).toBe(19);
  expect(await historyOf(together)).toEqual(await historyOf(alone));
  for (const [n, claimed] of atOnce.entries()) {
    expect(claimed.map(({ id }) => id)).toEqual(claimed.map(({ id }) => id).toSorted());
    for (const { claimed_by, renewed } of claimed)
      expect({ claimed_by, renewed }).toEqual({ claimed_by: `agent-${n}`, renewed: false });
    if (claimed.length > 0) expect(await leaseOf(claimed)).toBeCloseTo(600 + n, 0);
  }
  expect(await brokenInvariants(sql)).toEqual({});
});

test('a claim that fails in a statement for many fails alone', async () => {
  const goalId = await aGoal(call);
  await someTasks(call, goalId, 30);
  const taken = randomUUID();
  await createGoal({ ...agent(0), operationId: taken }, newGoal(0));
  const answers = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) =>
      claimTasks({ ...agent(n), ...(n === 12 && { operationId: taken }) }, { goalId, limit: 1, leaseSeconds: 600 }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map((_, n) => (n === 12 ? 'rejected' : 'fulfilled')));
  expect(
    new Set(answers.flatMap((each) => (each.status === 'fulfilled' ? each.value.map(({ id }) => id) : []))).size,
  ).toBe(19);
  expect(await brokenInvariants(sql)).toEqual({});
});

test('leases that ran out are ended by a statement for many, and those who wait get the tasks', async () => {
  const goalId = await aGoal(call);
  const ids = await someTasks(call, goalId, 20);
  await claimTasks(agent(99), { taskIds: ids, limit: 20, leaseSeconds: 600 });
  await sql.query(`update claims set expires_at = now() - interval '1 second' where task_id = any($1)`, [ids]);
  const claimed: Awaited<ReturnType<typeof claimTasks>> = [];
  const claimMore = async () => {
    const more = await many(25, (n) => claimTasks(agent(n), { goalId, limit: 1, leaseSeconds: 600 }));
    claimed.push(...more.flat());
    return claimed.length;
  };
  // who asks while another call is just ending the leases may find nothing yet
  await expect.poll(claimMore).toBe(20);
  expect(new Set(claimed.map(({ fence }) => fence))).toEqual(new Set([2]));
  expect(new Set(claimed.map(({ id }) => id))).toEqual(new Set(ids));
  expect(await brokenInvariants(sql)).toEqual({});
});

test('a call that is taken back while it waits changes nothing, and one that is under way is answered', async () => {
  const before = await sql.query('select count(*)::int4 as goals from goals');
  const taken = new AbortController();
  const answers = Promise.allSettled(
    Array.from({ length: 60 }, (_, n) =>
      createGoal({ ...agent(n), ...(n >= 30 && { signal: taken.signal }) }, newGoal(n)),
    ),
  );
  taken.abort();
  const settled = await answers;
  const done = settled.filter(({ status }) => status === 'fulfilled').length;
  expect(done).toBeGreaterThanOrEqual(30);
  const after = await sql.query('select count(*)::int4 as goals from goals');
  expect(after.rows[0].goals - before.rows[0].goals).toBe(done);
});

test('connections that are lost in the middle lose nothing that was answered, and do nothing twice', async () => {
  for (let round = 0; round < 6; round += 1) {
    const names = Array.from({ length: 80 }, (_, n) => `round ${round} goal ${n}`);
    const answers = Promise.allSettled(names.map((description) => createGoal(call, { ...newGoal(0), description })));
    await new Promise((resolve) => setTimeout(resolve, round * 4));
    await sql.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name = 'goal-agent'`);
    const settled = await answers;
    const { rows } = await sql.query(
      'select description, count(*)::int4 as times from goals where description = any($1) group by description',
      [names],
    );
    const times = new Map(rows.map((row) => [row.description, row.times]));
    settled.forEach((answer, n) => {
      const name = names[n] ?? '';
      if (answer.status === 'fulfilled') expect(times.get(name), name).toBe(1);
      // not answered: it is there once, or not at all
      else expect(times.get(name) ?? 0, name).toBeLessThanOrEqual(1);
    });
  }
});
