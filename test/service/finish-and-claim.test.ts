import type pg from 'pg';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { Call } from '../../src/service/call.ts';
import { claimTasks } from '../../src/service/claims.ts';
import { finishAndClaim } from '../../src/service/finish-and-claim.ts';
import { getTask } from '../../src/service/tasks.ts';
import { undo } from '../../src/service/undo.ts';
import { aGoal, aSubtask } from '../support/builders.ts';
import { aCall } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { wholeState } from '../support/random-history.ts';

let ann: Call;
let bob: Call;
let sql: pg.Client;
let other: string;
/** Two tasks that are ready, and one that waits for the first. */
let [a, b, waiting]: string[] = [];

beforeAll(async () => {
  const opened = await aCall();
  ann = { ...opened.call, actor: 'ann' };
  bob = { ...opened.call, actor: 'bob' };
  sql = opened.sql;
});
beforeEach(async () => {
  await sql.query('truncate goals, tasks, task_dependencies, operations, events, notes cascade');
  other = await aGoal(ann);
  await breakDownGoal(ann, other, [aSubtask({ priority: 'high' })]);
  const high = aSubtask({ priority: 'high', dependencies: ['#1'] });
  [a, b, waiting] = (await breakDownGoal(ann, await aGoal(ann), [aSubtask(), aSubtask(), high])).taskIds;
});
afterEach(async () => expect(await brokenInvariants(sql)).toEqual({}));

const lease = { limit: 1, leaseSeconds: 60 };
const claim = async (call: Call, id = '') => (await claimTasks(call, { ...lease, taskIds: [id] }))[0]?.fence;
const finish = (call: Call, taskId = '', fence?: number) =>
  finishAndClaim(call, { taskId, status: 'completed', result: 'done', fence, leaseSeconds: 60 });

test('a task is completed and what it made ready is claimed, as one operation that undo takes back whole', async () => {
  const fence = await claim(ann, a);
  const { task, madeReady, next } = await finish(ann, a, fence);
  expect(task).toMatchObject({ id: a, status: 'completed', result: 'done' });
  expect(madeReady).toEqual([waiting]);
  expect(next).toMatchObject({ id: waiting, status: 'in_progress', claimed_by: 'ann', fence: 1, renewed: false });
  expect(Date.parse(next?.lease_expires_at ?? '') - Date.now()).toBeGreaterThan(30_000);
  const last = '(select max(operation) from events)';
  const { rows } = await sql.query(`select task_id, action from events where operation = ${last} order by seq`);
  expect(rows).toEqual([
    { task_id: a, action: 'updated' },
    { task_id: waiting, action: 'claimed' },
  ]);
  await undo(ann, undefined);
  expect(await getTask(ann, a ?? '')).toMatchObject({ status: 'in_progress', result: null });
  expect(await getTask(ann, waiting ?? '')).toMatchObject({ status: 'pending' });
  const claims = await sql.query('select task_id, holder from claims');
  expect(claims.rows).toEqual([{ task_id: a, holder: 'ann' }]);
});

test('what is refused claims nothing, and neither does a task that is not there', async () => {
  await claim(bob, a);
  const before = await wholeState(sql);
  await expect(finish(ann, a)).rejects.toThrow(/is claimed by bob/);
  await expect(finish(ann, a, 7)).rejects.toThrow(/Fence 7 is not that of the last claim/);
  await expect(finish(ann, 'TASK-9999')).rejects.toThrow(/does not exist/);
  expect(await wholeState(sql)).toEqual(before);
});

test('the next is of the same goal, and there is none where nothing of it is ready', async () => {
  expect((await finish(ann, b)).next?.id).toBe(a);
  expect((await finish(ann, a)).next?.id).toBe(waiting);
  const last = await finish(ann, waiting);
  expect(last.next).toBeUndefined();
  expect(last.completedGoals).toHaveLength(1);
  expect((await claimTasks(ann, { ...lease, goalId: other })).length).toBe(1);
});

test('agents that finish at the same moment get different tasks', async () => {
  const { taskIds } = await breakDownGoal(
    ann,
    other,
    Array.from({ length: 60 }, () => aSubtask()),
  );
  const agents = taskIds.slice(0, 20).map((id, n) => ({ id, call: { ...ann, actor: `agent-${n}` } }));
  for (const { id, call } of agents) await claim(call, id);
  const workers = agents.map(({ id, call }) => finish(call, id));
  const claimed = (await Promise.all(workers)).map(({ next }) => next?.id);
  expect(new Set(claimed).size).toBe(20);
  const { rows } = await sql.query('select count(*)::int4 as held from claims');
  expect(rows).toEqual([{ held: 20 }]);
});
