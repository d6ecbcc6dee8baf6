import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { Call } from '../../src/service/call.ts';
import { claimTasks, findClaims, findOutlook, releaseTasks } from '../../src/service/claims.ts';
import { deleteGoal } from '../../src/service/delete-goal.ts';
import { updateGoal } from '../../src/service/goals.ts';
import { addNote } from '../../src/service/notes.ts';
import { setTaskStatus, setTaskStatuses } from '../../src/service/set-task-statuses.ts';
import { deleteTask, getTask, listReady } from '../../src/service/tasks.ts';
import { aLockOn } from '../support/blocked.ts';
import { aGoal, aSubtask, aTask, someTasks } from '../support/builders.ts';
import { callsOf } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';

let call: Call;
let sql: pg.Client;
let connection: pg.ClientConfig;
let ann: Call;
let bob: Call;

beforeAll(async () => {
  const opened = await callsOf('tester', 'bob');
  [call, bob] = opened.calls;
  sql = opened.sql;
  connection = opened.connection;
  ann = { ...call, actor: 'ann' };
});

afterEach(async () => {
  expect(await brokenInvariants(sql)).toEqual({});
  await sql.query('truncate goals, tasks, task_dependencies, operations, events cascade');
});

const one = { limit: 1, leaseSeconds: 60 };

/** As if the time of all leases had passed. */
async function endLeases(): Promise<void> {
  await sql.query("update claims set expires_at = now() - interval '1 second'");
}

describe('a claim', () => {
  it('comes with what others left behind, each text cut, and with nothing where there is nothing', async () => {
    const goal = await aGoal(call);
    const needed = await aTask(call, goal);
    const other = await aTask(call, goal);
    const task = await aTask(call, goal, [needed, other]);
    const claim = async (id: string) => (await claimTasks(ann, { ...one, taskIds: [id] }))[0]?.handOver;
    expect(await claim(needed)).toBeNull();
    await setTaskStatus(ann, { taskId: needed, status: 'completed', result: { pr: 42 } });
    await setTaskStatus(ann, { taskId: other, status: 'completed', result: 'x'.repeat(500) });
    for (const text of ['first', 'second', 'third', 'fourth']) await addNote(bob, { taskId: task }, text);
    const results = [
      { task_id: needed, result: '{"pr": 42}' },
      { task_id: other, result: `${'x'.repeat(240)}…` },
    ];
    const notes = ['fourth', 'third', 'second'].map((text) => ({ actor: 'bob', text }));
    expect(await claim(task)).toEqual({ results, notes });
    await releaseTasks(ann, { taskIds: [task], reason: 'out of time' });
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const ended = (how: string) => ({ agent: 'ann', ended: how, at });
    expect(await claim(task)).toEqual({
      results,
      notes,
      last_attempt: { ...ended('released'), reason: 'out of time' },
    });
    await endLeases();
    expect((await claimTasks(bob, one))[0]?.handOver).toEqual({ results, notes, last_attempt: ended('lease ran out') });
    await setTaskStatus(bob, { taskId: task, status: 'blocked', result: 'no key' });
    await setTaskStatus(call, { taskId: task, status: 'pending' });
    const last_attempt = { ...ended('blocked'), agent: 'bob' };
    expect(await claim(task)).toEqual({ results, notes, last_attempt });
    // a renewal brings nothing new
    expect(await claim(task)).toBeNull();
  });

  it('takes the most important ready task, then the oldest, and nobody else gets it', async () => {
    const goal = await aGoal(call);
    const [low, old, high] = (
      await breakDownGoal(call, goal, [aSubtask({ priority: 'low' }), aSubtask(), aSubtask({ priority: 'high' })])
    ).taskIds as [string, string, string];
    const [first] = await claimTasks(ann, one);
    const [second] = await claimTasks(bob, one);
    const rest = await claimTasks(ann, { ...one, limit: 5 });
    expect([first?.id, second?.id, ...rest.map((task) => task.id)]).toEqual([high, old, low]);
    expect(first).toMatchObject({ status: 'in_progress', claimed_by: 'ann', fence: 1 });
    expect(await claimTasks(bob, one)).toEqual([]);
  });

  it('leaves alone what waits, what is parked, and what belongs to another goal than the one that is named', async () => {
    const [goal, other, cancelled] = [await aGoal(call), await aGoal(call), await aGoal(call)];
    const task = await aTask(call, goal);
    await aTask(call, goal, [task]);
    await aTask(call, other);
    await aTask(call, cancelled);
    await updateGoal(call, cancelled, { status: 'cancelled' });
    expect((await claimTasks(ann, { ...one, limit: 9, goalId: goal })).map((each) => each.id)).toEqual([task]);
  });

  it('of a task that one holds renews the lease, under the same fence', async () => {
    const task = await aTask(call, await aGoal(call));
    const [claimed] = await claimTasks(ann, one);
    const [renewed] = await claimTasks(ann, { limit: 1, leaseSeconds: 600, taskIds: [task] });
    expect(renewed?.fence).toBe(claimed?.fence);
    expect(Date.parse(renewed?.lease_expires_at ?? '')).toBeGreaterThan(Date.parse(claimed?.lease_expires_at ?? ''));
    expect(await claimTasks(bob, { ...one, taskIds: [task] })).toEqual([]);
  });

  it('is had by one of many who want the same task at the same moment', async () => {
    for (let round = 0; round < 30; round += 1) {
      const task = await aTask(call, await aGoal(call));
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          claimTasks({ ...(n % 2 ? ann : bob), actor: `agent-${n}` }, { ...one, taskIds: [task] }),
        ),
      );
      expect(claims.flat()).toHaveLength(1);
    }
  });

  it('gives many who claim at the same moment different tasks, all of them', async () => {
    const tasks = await someTasks(call, await aGoal(call), 60);
    const claims = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        claimTasks({ ...(n % 2 ? ann : bob), actor: `agent-${n}` }, { ...one, limit: 2 }),
      ),
    );
    let ids = claims.flat().map((task) => task.id);
    // one who looked while others were taking may have got fewer; what is left is there for the next
    ids = [...ids, ...(await claimTasks(ann, { ...one, limit: 50 })).map((task) => task.id)];
    expect(ids.toSorted()).toEqual(tasks.toSorted());
  });
});

describe('while a lease runs', () => {
  it('only its holder changes the status, and others are told who holds it until when', async () => {
    const task = await aTask(call, await aGoal(call));
    await claimTasks(ann, one);
    await expect(setTaskStatus(bob, { taskId: task, status: 'completed' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^TASK-\d+ is claimed by ann until \d\d:\d\d:\d\dZ; claim another, or wait\.$/),
    });
    expect((await getTask(call, task)).status).toBe('in_progress');
    const { changed, failed } = await setTaskStatuses(bob, [{ taskId: task, status: 'failed' }]);
    expect({ changed, failed: failed.length }).toEqual({ changed: [], failed: 1 });
    expect((await setTaskStatus(ann, { taskId: task, status: 'completed' })).task).toMatchObject({
      status: 'completed',
    });
  });

  it('the fence is as good as the name', async () => {
    const task = await aTask(call, await aGoal(call));
    const [claimed] = await claimTasks(ann, one);
    const { task: done } = await setTaskStatus(bob, { taskId: task, status: 'completed', fence: claimed?.fence });
    expect(done).not.toHaveProperty('claimed_by');
  });

  it('the fence renews and releases whatever the name, and no other fence does', async () => {
    const task = await aTask(call, await aGoal(call));
    const [claimed] = await claimTasks(ann, one);
    const fence = claimed?.fence;
    const longer = { limit: 1, leaseSeconds: 600, taskIds: [task] };
    expect(await claimTasks(bob, { ...longer, fence: 9 })).toEqual([]);
    expect(await claimTasks(ann, { ...longer, fence: 9 })).toEqual([]);
    const [renewed] = await claimTasks(bob, { ...longer, fence });
    expect(renewed).toMatchObject({ claimed_by: 'ann', fence, renewed: true });
    expect(Date.parse(renewed?.lease_expires_at ?? '')).toBeGreaterThan(Date.parse(claimed?.lease_expires_at ?? ''));
    expect(await releaseTasks(ann, { taskIds: [task], fence: 9 })).toEqual({ released: [], notHeld: [task] });
    expect(await releaseTasks(bob, { taskIds: [task], fence })).toEqual({ released: [task], notHeld: [] });
    expect(await releaseTasks(bob, { taskIds: [task], fence })).toEqual({ released: [], notHeld: [task] });
    await claimTasks(bob, one);
    expect(await claimTasks(ann, { ...longer, fence })).toEqual([]);
  });

  it.each(['completed', 'failed', 'blocked', 'pending'] as const)('%s ends the claim', async (status) => {
    const task = await aTask(call, await aGoal(call));
    await claimTasks(ann, one);
    await setTaskStatus(ann, { taskId: task, status });
    expect(await findClaims(call, [task])).toMatchObject([{ status, claimed_by: null, lease_expires_at: null }]);
    if (status === 'pending') expect(await claimTasks(bob, one)).toHaveLength(1);
  });
});

describe('when a lease runs out', () => {
  it('the task is ready again, and the next to claim it gets a higher fence', async () => {
    const task = await aTask(call, await aGoal(call));
    const [first] = await claimTasks(ann, { limit: 1, leaseSeconds: 0.05 });
    await sleep(100);
    expect((await listReady(call, { limit: 5 })).tasks.map((each) => each.id)).toEqual([task]);
    const [second] = await claimTasks(bob, one);
    expect(second).toMatchObject({ id: task, claimed_by: 'bob', fence: (first?.fence ?? 0) + 1 });
  });

  it('a more important task comes before what was ready already, in the next claim of anybody', async () => {
    const goal = await aGoal(call);
    const [high, other] = (
      await breakDownGoal(call, goal, [aSubtask({ priority: 'high' }), aSubtask(), aSubtask(), aSubtask()])
    ).taskIds;
    await claimTasks(ann, one);
    expect(await claimTasks(bob, { ...one, goalId: goal })).toMatchObject([{ id: other }]);
    await endLeases();
    expect((await claimTasks(bob, { ...one, goalId: goal })).map((task) => task.id)).toEqual([high]);
    await endLeases();
    expect((await claimTasks(ann, one)).map((task) => task.id)).toEqual([high]);
  });

  it('a holder who comes back is refused by the fence if somebody else took the task, even after that one has finished', async () => {
    const task = await aTask(call, await aGoal(call));
    const [late] = await claimTasks(ann, one);
    await endLeases();
    const [claimed] = await claimTasks(bob, one);
    const lateResult = { taskId: task, status: 'completed' as const, result: 'late', fence: late?.fence };
    await expect(setTaskStatus(ann, lateResult)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(
        /^Fence 1 is not that of the last claim of TASK-\d+, which is claimed by bob until /,
      ),
    });
    await setTaskStatus(bob, { taskId: task, status: 'completed', result: 'bob', fence: claimed?.fence });
    await expect(setTaskStatus(ann, lateResult)).rejects.toMatchObject({ code: 'conflict' });
    expect((await getTask(call, task)).result).toBe('bob');
  });

  it('a claim by the same name is a new one, by ID or not: its fence is higher, and it counts as an attempt', async () => {
    const task = await aTask(call, await aGoal(call));
    const [first] = await claimTasks(ann, one);
    await endLeases();
    const [second] = await claimTasks(ann, { ...one, taskIds: [task] });
    expect(second).toMatchObject({ id: task, fence: (first?.fence ?? 0) + 1, renewed: false });
    await endLeases();
    const [third] = await claimTasks(ann, one);
    expect(third).toMatchObject({ id: task, fence: (first?.fence ?? 0) + 2, renewed: false });
    expect((await sql.query('select attempts from tasks')).rows).toEqual([{ attempts: 3 }]);
    const late = { taskId: task, status: 'completed' as const, result: 'late', fence: first?.fence };
    await expect(setTaskStatus(ann, late)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('a claim by ID takes the task also where more leases ran out than one call ends', async () => {
    const goal = await aGoal(call);
    const tasks = await someTasks(call, goal, 130);
    for (let round = 0; round < 3; round += 1) await claimTasks(ann, { ...one, limit: 50 });
    await endLeases();
    const [last] = tasks.slice(-1) as [string];
    expect(await claimTasks(ann, { ...one, taskIds: [last] })).toMatchObject([{ id: last, fence: 2 }]);
  });

  it.each(['completed', 'failed', 'blocked', 'in_progress'] as const)(
    'a holder without its fence who comes back to say %s is refused if somebody else has claimed and finished the task',
    async (status) => {
      const task = await aTask(call, await aGoal(call));
      await claimTasks(ann, one);
      await endLeases();
      await claimTasks(bob, one);
      await setTaskStatus(bob, { taskId: task, status: 'completed', result: 'bob' });
      const late = { taskId: task, status, result: 'late' };
      const message = `Your lease of ${task} ran out, bob claimed it after you, and it is completed; leave it, or set it to pending and claim it again.`;
      await expect(setTaskStatus(ann, late)).rejects.toMatchObject({ code: 'conflict', message });
      expect(await setTaskStatuses(ann, [late])).toMatchObject({
        changed: [],
        failed: [{ taskId: task, error: message }],
      });
      expect(await getTask(call, task)).toMatchObject({ status: 'completed', result: 'bob' });
    },
  );

  it('whoever never held the task, let it go by itself, or opens it again on purpose is no late holder', async () => {
    const goal = await aGoal(call);
    const [lapsed, released] = (await someTasks(call, goal, 2)) as [string, string];
    await claimTasks(ann, { ...one, taskIds: [lapsed, released] });
    await releaseTasks(ann, { taskIds: [released] });
    await endLeases();
    await claimTasks(bob, { ...one, limit: 2 });
    const done = [lapsed, released].map((taskId) => ({ taskId, status: 'completed' as const }));
    await setTaskStatuses(bob, done);
    await setTaskStatus(call, { taskId: lapsed, status: 'completed', result: 'a remark' });
    await setTaskStatus(ann, { taskId: released, status: 'failed' });
    await setTaskStatus(ann, { taskId: lapsed, status: 'pending' });
    await setTaskStatus(ann, { taskId: lapsed, status: 'blocked' });
    expect((await getTask(call, lapsed)).status).toBe('blocked');
  });

  it('a release counts the attempt all the same', async () => {
    const task = await aTask(call, await aGoal(call));
    await claimTasks(ann, one);
    await endLeases();
    await releaseTasks(ann, { taskIds: [task] });
    expect((await sql.query('select attempts, status from tasks')).rows).toEqual([{ attempts: 1, status: 'pending' }]);
  });

  it('a holder who comes back is welcome if nobody took the task', async () => {
    const task = await aTask(call, await aGoal(call));
    const [late] = await claimTasks(ann, one);
    await endLeases();
    // somebody looked, and took another goal's task: the lease was ended by that
    await claimTasks(bob, { ...one, goalId: 'GOAL-9999' });
    const { task: done } = await setTaskStatus(ann, { taskId: task, status: 'completed', fence: late?.fence });
    expect(done.status).toBe('completed');
  });

  it('as often as a goal allows, the task is failed, with who had claimed it in its result', async () => {
    const goal = await aGoal(call);
    const task = await aTask(call, goal);
    await updateGoal(call, goal, { metadata: { max_attempts: 2 } });
    for (const agent of [ann, bob]) {
      expect(await claimTasks(agent, one)).toHaveLength(1);
      await endLeases();
    }
    expect(await claimTasks(ann, one)).toEqual([]);
    expect(await getTask(call, task)).toMatchObject({
      status: 'failed',
      result: { error: 'claimed 2 times without an end', claims: [{ agent: 'ann' }, { agent: 'bob' }] },
    });
  });

  it('as often as a goal allows, a task that has a result keeps it', async () => {
    const goal = await aGoal(call);
    const task = await aTask(call, goal);
    await updateGoal(call, goal, { metadata: { max_attempts: 1 } });
    await claimTasks(ann, one);
    await setTaskStatus(ann, { taskId: task, status: 'in_progress', result: { half: 'done' } });
    await endLeases();
    expect(await claimTasks(bob, one)).toEqual([]);
    expect(await getTask(call, task)).toMatchObject({ status: 'failed', result: { half: 'done' } });
  });

  it('five times, where the goal says nothing', async () => {
    const task = await aTask(call, await aGoal(call));
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await claimTasks(ann, one)).toHaveLength(1);
      await endLeases();
    }
    expect(await claimTasks(ann, one)).toEqual([]);
    expect((await getTask(call, task)).status).toBe('failed');
  });
});

describe('a release', () => {
  it('makes the task ready for others, counts no attempt, and keeps the reason in the history', async () => {
    const task = await aTask(call, await aGoal(call));
    await claimTasks(ann, one);
    expect(await releaseTasks(ann, { taskIds: [task, 'TASK-9999'], reason: 'needs a Mac' })).toEqual({
      released: [task],
      notHeld: ['TASK-9999'],
    });
    expect(await claimTasks(bob, one)).toHaveLength(1);
    const { rows } = await sql.query(
      "select o.actor, o.reason from events e join operations o on o.workspace_id = e.workspace_id and o.seq = e.operation where e.action = 'released'",
    );
    expect(rows).toEqual([{ actor: 'ann', reason: 'needs a Mac' }]);
    expect((await sql.query('select attempts, fence from tasks')).rows).toEqual([{ attempts: 1, fence: '2' }]);
  });

  it('of what another holds changes nothing', async () => {
    const task = await aTask(call, await aGoal(call));
    await claimTasks(ann, one);
    expect(await releaseTasks(bob, { taskIds: [task] })).toEqual({ released: [], notHeld: [task] });
    expect(await findClaims(call, [task])).toMatchObject([{ claimed_by: 'ann' }]);
  });

  it.each(['by the name alone', 'by the fence'])('%s takes nothing from one who claims meanwhile', async (how) => {
    const task = await aTask(call, await aGoal(call));
    const [claimed] = await claimTasks(ann, one);
    await endLeases();
    const lock = await aLockOn('claims', connection);
    const claiming = claimTasks(bob, one);
    await lock.untilBlocked(1); // bob has the task's row by now, and ann's claim is still there
    const releasing = releaseTasks(ann, { taskIds: [task], ...(how === 'by the fence' && { fence: claimed?.fence }) });
    await lock.untilBlocked(2);
    await lock.release();
    expect(await claiming).toMatchObject([{ id: task }]);
    expect(await releasing).toEqual({ released: [], notHeld: [task] });
    expect(await findClaims(call, [task])).toMatchObject([{ claimed_by: 'bob' }]);
  });
});

describe('nothing to claim', () => {
  it('says what is open, which lease ends first, and what waits for what', async () => {
    const goal = await aGoal(call);
    const first = await aTask(call, goal);
    const waiting = await aTask(call, goal, [first]);
    const [claimed] = await claimTasks(ann, one);
    expect(await findOutlook(call, goal)).toMatchObject({
      pending: 1,
      in_progress: 1,
      next_lease_task: first,
      next_lease_agent: 'ann',
      next_lease_ends_at: claimed?.lease_expires_at,
      waiting: [{ task_id: waiting, waits_for: [`${first} (in_progress)`] }],
    });
  });
});

describe('at the same moment', () => {
  it('a task is claimed while it, or its goal, is deleted or completed, and no count goes wrong', async () => {
    for (let round = 0; round < 40; round += 1) {
      const goal = await aGoal(call);
      const [a, b, c] = (await someTasks(call, goal, 3)) as [string, string, string];
      await aTask(call, goal, [a, b]);
      const race = await Promise.allSettled([
        claimTasks(ann, { ...one, limit: 2 }),
        deleteTask(bob, a),
        setTaskStatus({ ...call, actor: 'zoe' }, { taskId: b, status: 'completed' }),
        updateGoal(bob, goal, { status: 'cancelled' }),
        ...(round % 4 === 0 ? [deleteGoal(call, goal)] : [claimTasks(bob, { ...one, taskIds: [c] })]),
      ]);
      for (const outcome of race) {
        if (outcome.status === 'rejected') expect(outcome.reason.code).toMatch(/^(not_found|conflict)$/);
      }
      expect(await brokenInvariants(sql)).toEqual({});
    }
  });
});
