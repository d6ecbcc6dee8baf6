import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { breakDownGoal } from '../../../src/service/break-down-goal.ts';
import type { PoolCall } from '../../../src/service/call.ts';
import { claimTasks as claim, releaseTasks } from '../../../src/service/claims.ts';
import { setTaskStatus } from '../../../src/service/set-task-statuses.ts';
import { claimTasks } from '../../../src/tools/claim-tasks.ts';
import { aGoal, aSubtask, someTasks } from '../../support/builders.ts';
import { callsOf } from '../../support/database.ts';
import { activity, ask, untilStill } from './support.ts';

interface Answer {
  tasks: { id: string; claimed_by: string; fence: number }[];
  reason?: string;
  not_claimed?: { reason: string }[];
}

const { calls, sql } = await callsOf('here', 'there');
const [here, there] = calls;
const patient = { timeout: 20_000, interval: 20 };

const waitFor = (call: PoolCall, args: Record<string, unknown> = {}, ends: { signal?: AbortSignal } = {}) =>
  ask<Answer>(claimTasks, call, { wait_seconds: 60, ...args }, ends);
const listening = async () => (await activity(sql)).listening;
beforeEach(() =>
  sql.query('truncate goals, tasks, task_dependencies, operations, events, claims, ready_starts cascade'),
);
afterEach(() => expect.poll(listening, patient).toBe(0));

describe('a claim that waits', () => {
  it('gets what is there at once, and nothing is left of the wait', async () => {
    const [task] = await someTasks(here, await aGoal(here), 1);
    expect(await waitFor(here)).toMatchObject({ tasks: [{ id: task, claimed_by: 'here' }] });
    expect(await listening()).toBe(0);
  });

  it('asks nothing while nothing happens, however many wait, and is served in order, once for each task', async () => {
    const goal = await aGoal(here);
    const other = await aGoal(here);
    const served: number[] = [];
    const waiting = Array.from({ length: 20 }, (_, n) =>
      waitFor(here, { goal_id: n % 2 === 0 ? goal : undefined }).then((answer) => {
        served.push(n);
        return answer;
      }),
    );
    const elsewhere = waitFor(there, { goal_id: other });
    await untilStill(sql, 2);
    // two looks follow the first one, for what was missed before it was known that somebody waits
    await sleep(2_500);
    const last = await untilStill(sql, 2);
    await sleep(1_500);
    expect((await activity(sql)).last).toBe(last);
    const taskIds = await someTasks(there, goal, 20);
    const answers = await Promise.all(waiting);
    expect(answers.map(({ tasks }) => tasks.length)).toEqual(waiting.map(() => 1));
    expect(answers.map(({ tasks }) => tasks[0]?.id).toSorted()).toEqual(taskIds.toSorted());
    // those who are served together are answered in any order
    expect(served[0]).toBe(0);
    const place = (n: number) => served.indexOf(n);
    for (const early of served.filter((n) => n < 10))
      expect(place(early)).toBeLessThan(Math.min(...[15, 16, 17, 18, 19].map(place)));
    await someTasks(here, other, 1);
    expect((await elsewhere).tasks).toHaveLength(1);
  });

  it('waits for its goal alone, and for what it names', async () => {
    const [goal, other] = [await aGoal(here), await aGoal(here)];
    const { taskIds } = await breakDownGoal(here, goal, [aSubtask(), aSubtask({ dependencies: ['#1'] })]);
    const [first, second] = taskIds as [string, string];
    await claim(there, { taskIds: [first], limit: 1, leaseSeconds: 900 });
    const ofGoal = waitFor(here, { goal_id: goal });
    const named = waitFor(here, { task_ids: [first], agent: 'named' });
    await untilStill(sql, 1);
    const [of] = await someTasks(there, other, 1);
    await untilStill(sql, 1);
    expect(await claim(there, { limit: 1, leaseSeconds: 900 })).toMatchObject([{ id: of }]);
    await setTaskStatus(there, { taskId: first, status: 'completed' });
    expect(await ofGoal).toMatchObject({ tasks: [{ id: second }] });
    await setTaskStatus(there, { taskId: first, status: 'pending' });
    expect(await named).toMatchObject({ tasks: [{ id: first, claimed_by: 'named' }] });
  });

  it('is answered at once where no wait would bring what it names', async () => {
    const [task] = await someTasks(here, await aGoal(here), 1);
    await setTaskStatus(here, { taskId: task as string, status: 'completed' });
    expect(await waitFor(here, { task_ids: [task, 'TASK-9999'] })).toMatchObject({
      tasks: [],
      not_claimed: [{ reason: expect.stringContaining('completed') }, { reason: 'it does not exist' }],
    });
  });

  it('gets a task whose lease ran out, as soon as it did, one that was deferred until then, and one that was given back', async () => {
    const [task] = await someTasks(there, await aGoal(there), 1);
    const [held] = await claim(there, { limit: 1, leaseSeconds: 1.5 });
    const { tasks } = await waitFor(here);
    const lateMs = Date.now() - Date.parse(held?.lease_expires_at ?? '');
    expect(tasks).toMatchObject([{ id: task, claimed_by: 'here', fence: 2 }]);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(5_000); // no timer of half a minute stands in between
    await setTaskStatus(here, {
      taskId: task as string,
      status: 'deferred',
      deferUntil: new Date(Date.now() + 1_000).toISOString(),
    });
    expect(await waitFor(here)).toMatchObject({ tasks: [{ id: task, claimed_by: 'here', fence: 3 }] });
    const again = waitFor(there);
    await untilStill(sql, 1);
    await releaseTasks(here, { taskIds: [task as string] });
    expect(await again).toMatchObject({ tasks: [{ id: task, claimed_by: 'there', fence: 4 }] });
  });

  it('says why there is nothing when its time is over, or when the process stops', async () => {
    await someTasks(here, await aGoal(here), 1);
    await claim(there, { limit: 1, leaseSeconds: 900 });
    const empty = { tasks: [], reason: expect.stringMatching(/^Nothing is ready: 1 in progress/) };
    expect(await waitFor(here, { wait_seconds: 0.2 })).toMatchObject(empty);
    const stop = new AbortController();
    const waiting = ask<Answer>(claimTasks, here, { wait_seconds: 60 }, { stopping: stop.signal });
    await untilStill(sql, 1);
    stop.abort();
    expect(await waiting).toMatchObject(empty);
    expect(await ask<Answer>(claimTasks, here, { wait_seconds: 60 }, { stopping: stop.signal })).toMatchObject(empty);
  });

  it.each([-1, 301, 'long'])('takes no wait of %j', async (wait_seconds) => {
    await expect(waitFor(here, { wait_seconds })).rejects.toThrow(/^claim_tasks: wait_seconds/);
  });
});

describe('a caller that goes away', () => {
  it('leaves nothing: no claim, no place in the line, no connection', async () => {
    const goal = await aGoal(here);
    const gone = new AbortController();
    const waiting = waitFor(here, {}, { signal: gone.signal });
    const next = waitFor(here, { agent: 'next' });
    await untilStill(sql, 1);
    gone.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    const [task] = await someTasks(there, goal, 1);
    expect(await next).toMatchObject({ tasks: [{ id: task, claimed_by: 'next' }] });
  });

  it('in the moment of its claim gives back what it got, and no attempt is counted', async () => {
    const goal = await aGoal(here);
    await sql.query('begin');
    await sql.query('lock table claims in share row exclusive mode'); // a claim waits in its middle
    const gone = new AbortController();
    const waiting = waitFor(here, {}, { signal: gone.signal });
    const [task] = await someTasks(there, goal, 1);
    const blocked = `select count(*)::int4 as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    await expect.poll(async () => (await sql.query(blocked)).rows[0].count, patient).toBe(1);
    gone.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    const next = waitFor(there);
    await sql.query('commit');
    expect(await next).toMatchObject({ tasks: [{ id: task, claimed_by: 'there', fence: 2 }] });
    const { rows } = await sql.query(
      `select e.action, o.actor, o.reason from events e join operations o on o.workspace_id = e.workspace_id and o.seq = e.operation
       where e.task_id = $1 and e.action <> 'created' order by e.seq`,
      [task],
    );
    expect(rows).toEqual([
      { action: 'claimed', actor: 'here', reason: null },
      { action: 'released', actor: 'here', reason: 'the caller was gone when the wait was over' },
      { action: 'claimed', actor: 'there', reason: null },
    ]);
    expect((await sql.query('select attempts from tasks where id = $1', [task])).rows).toEqual([{ attempts: 1 }]);
  });

  it('and has a request id finds its claim when it asks again; a wait in vain leaves no request', async () => {
    const goal = await aGoal(here);
    const args = { request_id: 'waits', agent: 'ann' };
    expect((await waitFor(here, { ...args, wait_seconds: 0.1 })).tasks).toEqual([]);
    const gone = new AbortController();
    const waiting = waitFor(here, args, { signal: gone.signal });
    await untilStill(sql, 1);
    const requests = `select count(*)::int4 as count from operations where request_id = 'waits'`;
    expect((await sql.query(requests)).rows[0].count).toBe(0);
    const repeated = waitFor(there, args);
    await untilStill(sql, 2);
    const [task] = await someTasks(there, goal, 3);
    const [first, second] = await Promise.all([waiting, repeated]);
    expect(first).toMatchObject({ tasks: [{ id: task, claimed_by: 'ann' }] });
    expect(second).toEqual(first);
    gone.abort();
    expect(await waitFor(here, args)).toEqual(first);
    expect((await sql.query('select count(*)::int4 as count from claims')).rows[0].count).toBe(1);
  });
});
