import type pg from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { breakDownGoal } from '../../../src/service/break-down-goal.ts';
import type { Call } from '../../../src/service/call.ts';
import { claimTasks, releaseTasks } from '../../../src/service/claims.ts';
import { deleteGoal } from '../../../src/service/delete-goal.ts';
import { createGoal, findOneGoal, updateGoal } from '../../../src/service/goals.ts';
import { addNote } from '../../../src/service/notes.ts';
import { setTaskStatus, setTaskStatuses } from '../../../src/service/set-task-statuses.ts';
import { deleteTask, getTask, getTaskWithNotes } from '../../../src/service/tasks.ts';
import { listOperationsOf, undo, undoOperations } from '../../../src/service/undo.ts';
import { updateTask } from '../../../src/service/update-task.ts';
import type { Body, Operation } from '../../../src/store/database.ts';
import { aGoal, aSubtask, aTask, someTasks } from '../../support/builders.ts';
import { aCall, aStore } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { wholeState } from '../../support/random-history.ts';

let ann: Call;
let bob: Call;
let sql: pg.Client;
let connection: pg.ClientConfig;

beforeAll(async () => {
  const opened = await aCall();
  ann = { ...opened.call, actor: 'ann' };
  bob = { ...opened.call, actor: 'bob' };
  sql = opened.sql;
  connection = opened.connection;
});
beforeEach(() => sql.query('truncate goals, tasks, task_dependencies, operations, events, notes cascade'));
afterEach(async () => expect(await brokenInvariants(sql)).toEqual({}));

const complete = (call: Call, taskId: string, fence?: number) =>
  setTaskStatus(call, { taskId, status: 'completed', fence });

/** The number of the last event, of these rows or of all. */
async function lastEvent(where = 'true'): Promise<number> {
  const { rows } = await sql.query(`select seq::int4 from events where ${where} order by seq desc limit 1`);
  return rows[0].seq;
}

/** The operations of an agent that are in effect. */
async function allOf(agent: string): Promise<number[]> {
  const found = await listOperationsOf(ann, agent, { secondsAgo: 3_600 });
  return found.map((each) => each.operation);
}

/** Why it was refused, after it was seen that nothing changed. */
async function refusal(work: () => Promise<unknown>): Promise<string> {
  const rows = async () => [await wholeState(sql), (await sql.query('select count(*) from events')).rows];
  const before = await rows();
  const error = await work().then(
    () => undefined,
    (reason) => reason,
  );
  expect(await rows()).toEqual(before);
  if (error === undefined) throw new Error('it was not refused');
  expect(error).toMatchObject({ name: 'GoalAgentError' });
  return error.message;
}

/** Does it, takes it back, and has it again: each time all is as it was. */
async function thereAndBack(call: Call, work: () => Promise<unknown>): Promise<void> {
  const before = await wholeState(sql);
  await work();
  const after = await wholeState(sql);
  expect(after).not.toEqual(before);
  const { operation } = await undo(call, await lastEvent());
  expect(await wholeState(sql)).toEqual(before);
  expect(await brokenInvariants(sql)).toEqual({});
  await undo(call, operation);
  expect(await wholeState(sql)).toEqual(after);
}

describe('undo', () => {
  it('takes back a deleted goal whole, with tasks, dependencies, dependents, notes and claims, and again', async () => {
    const goal = await aGoal(ann);
    const [a, b] = (await someTasks(ann, goal, 2)) as [string, string];
    const other = await aGoal(ann);
    const outside = await aTask(ann, other, [b, a]);
    await aTask(ann, goal, [outside, a]);
    await addNote(ann, { taskId: a }, 'of a task');
    await addNote(bob, { goalId: goal }, 'of the goal');
    await claimTasks(ann, { taskIds: [a], limit: 1, leaseSeconds: 3600 });
    await thereAndBack(ann, () => deleteGoal(ann, goal));
  });

  it('takes back a breakdown, a move, a rewiring, a claim, a release, a batch, an edit of a goal, and again', async () => {
    const goal = await aGoal(ann);
    await thereAndBack(ann, () => breakDownGoal(ann, goal, [aSubtask(), aSubtask({ dependencies: ['#1'] })]));
    const [a, b, c] = (await someTasks(ann, goal, 3)) as [string, string, string];
    const d = await aTask(ann, goal, [a, b, c]);
    await addNote(ann, { taskId: d }, 'goes along');
    await thereAndBack(ann, () => updateTask(ann, d, { edit: {}, dependencies: { add: [], remove: [b] } }));
    await updateTask(ann, d, { edit: {}, dependencies: { add: [b], remove: [] } });
    const other = await aGoal(ann);
    await thereAndBack(ann, () => updateTask(ann, d, { edit: { tools: ['x'] }, goalId: other }));
    await thereAndBack(ann, () => claimTasks(ann, { limit: 5, leaseSeconds: 3600 }));
    await thereAndBack(ann, () => releaseTasks(ann, { taskIds: [a, b] }));
    const batch = [a, b, c].map((taskId) => ({ taskId, status: 'completed' as const, result: { by: taskId } }));
    await thereAndBack(ann, () => setTaskStatuses(ann, batch));
    await thereAndBack(ann, () => updateGoal(ann, goal, { status: 'cancelled', metadata: { a: [1, 'x'] } }));
    await thereAndBack(ann, () => addNote(ann, { goalId: goal }, 'a note'));
    await thereAndBack(ann, () =>
      createGoal(ann, { description: 'x', priority: 'high', repos: ['r'], metadata: { k: {} } }),
    );
  });

  it('without an event takes back the last of one’s own, then the one before, and never toggles', async () => {
    const goal = await aGoal(ann);
    const [a, b] = (await someTasks(ann, goal, 2)) as [string, string];
    await complete(bob, b);
    await updateTask(ann, a, { edit: { description: 'first' } });
    await updateTask(ann, a, { edit: { description: 'second' } });
    const { operation } = await undo(ann, undefined);
    expect((await getTask(ann, a)).description).toBe('first');
    await undo(ann, undefined);
    expect((await getTask(ann, a)).description).toBe('a task');
    expect((await getTask(ann, b)).status).toBe('completed');
    // back in effect, it is the last one again
    await refusal(() => undo(ann, operation));
    await undo(ann, await lastEvent('undoes is not null'));
    await undo(ann, operation);
    expect((await getTask(ann, a)).description).toBe('second');
    await undo(ann, undefined);
    expect((await getTask(ann, a)).description).toBe('first');
  });

  it.each(['1 hour', '400 days'])('goes by what came first when the clock goes back by %s', async (amount) => {
    const [a, b] = (await someTasks(bob, await aGoal(bob), 2)) as [string, string];
    const describe = (taskId: string, description: string) => updateTask(ann, taskId, { edit: { description } });
    for (const text of ['first', 'second', 'third']) await describe(a, text);
    const done = await sql.query(`select seq, at + $1::interval as later from operations where actor = 'ann'`, [
      amount,
    ]);
    for (const { seq, later } of done.rows)
      await sql.query('update operations set at = $1 where seq = $2', [later, seq]);
    // of another process of the same name, with numbers of its own
    const restarted: Call = { store: await aStore(connection), actor: 'ann' };
    await updateTask(restarted, b, { edit: { description: 'of another process' } });
    await describe(b, 'the last');
    const descriptions = async () => [(await getTask(ann, a)).description, (await getTask(ann, b)).description];
    await undo(ann, undefined);
    expect(await descriptions()).toEqual(['third', 'of another process']);
    await undo(ann, undefined);
    expect(await descriptions()).toEqual(['third', 'a task']);
    for (const left of ['second', 'first', 'a task']) {
      await undo(restarted, undefined);
      expect(await descriptions()).toEqual([left, 'a task']);
    }
    expect(await refusal(() => undo(ann, undefined))).toMatch(/^ann has done nothing/);
  });

  it('looks past any number of operations that were taken back', async () => {
    const goal = await aGoal(ann);
    for (let n = 0; n < 60; n += 1) await addNote(ann, { goalId: goal }, 'a note');
    for (let n = 0; n < 60; n += 1) await undo(ann, undefined);
    await undo(ann, undefined);
    expect(await wholeState(sql)).toMatchObject({ goals: [] });
  });

  describe('an agent that was started anew, and has another suffix', () => {
    const process = (actor: string): Call => ({ ...ann, actor, agentName: actor.slice(0, -9) });
    let before: Call;
    let now: Call;
    beforeAll(() => {
      before = process('claude-code-ab12ab12');
      now = process('claude-code-09ff09ff');
    });

    it('takes back what it did last before, and then what came before that', async () => {
      const [task = ''] = await someTasks(bob, await aGoal(bob), 1);
      for (const description of ['first', 'second']) await updateTask(before, task, { edit: { description } });
      const { events } = await undo(now, undefined);
      expect(events).toMatchObject([{ actor: 'claude-code-09ff09ff' }]);
      expect((await getTask(ann, task)).description).toBe('first');
      await undo(now, undefined);
      expect((await getTask(ann, task)).description).toBe('a task');
      expect(await refusal(() => undo(now, undefined))).toMatch(/^claude-code-09ff09ff has done nothing/);
    });

    it('takes back its own first, whatever another process of it did since', async () => {
      const [a = '', b = ''] = await someTasks(bob, await aGoal(bob), 2);
      await updateTask(now, a, { edit: { description: 'mine' } });
      await updateTask(before, b, { edit: { description: 'of the other' } });
      await undo(now, undefined);
      expect((await getTask(ann, a)).description).toBe('a task');
      expect((await getTask(ann, b)).description).toBe('of the other');
    });

    it('takes back a claim that it made before, and no claim of another agent', async () => {
      const [a = '', b = ''] = await someTasks(bob, await aGoal(bob), 2);
      await claimTasks(before, { taskIds: [a], limit: 1, leaseSeconds: 3600 });
      await undo(now, undefined);
      expect((await getTask(ann, a)).status).toBe('pending');
      await updateTask(before, b, { edit: { description: 'x' } });
      await setTaskStatus(before, { taskId: b, status: 'blocked' });
      await setTaskStatus(before, { taskId: b, status: 'pending' });
      const event = await lastEvent("operation in (select seq from operations where actor = 'claude-code-ab12ab12')");
      await undo(before, event);
      await undo(before, await lastEvent("action = 'undone'"));
      await claimTasks(bob, { taskIds: [b], limit: 1, leaseSeconds: 3600 });
      expect(await refusal(() => undo(now, event))).toMatch(new RegExp(`^Nothing was undone: ${b} is claimed by bob`));
    });

    it.each([
      'claude-code',
      'claude-code-ab12ab123',
      'claude-code-ab1',
      'claude-code-abcx',
      'claude-codex-ab12ab12',
      'Claude-code-ab12ab12',
    ])('takes nothing back of %s, which is another agent', async (actor) => {
      await aGoal({ ...ann, actor });
      expect(await refusal(() => undo(now, undefined))).toMatch(/has done nothing/);
    });

    it('takes a name for what it says, whatever is in it', async () => {
      const odd = process('a%_.*[x](\\-ab12ab12');
      await aGoal({ ...ann, actor: 'abc-ab12ab12' });
      expect(await refusal(() => undo({ ...odd, actor: 'a%_.*[x](\\-00000000' }, undefined))).toMatch(
        /has done nothing/,
      );
      await aGoal(odd);
      await undo({ ...odd, actor: 'a%_.*[x](\\-00000000' }, undefined);
    });
  });

  it('says so when there is nothing to take back, no such event, or it was taken back already', async () => {
    expect(await refusal(() => undo(ann, undefined))).toMatch(/^ann has done nothing that could be taken back/);
    expect(await refusal(() => undo(ann, 999))).toBe(
      'There is no event 999. get_history shows events with their event_id.',
    );
    await aGoal(ann);
    const event = await lastEvent();
    const { operation } = await undo(bob, event);
    expect(await refusal(() => undo(bob, event))).toBe(
      `Event ${event} was taken back already, by event ${operation}. To have it back, undo event ${operation}.`,
    );
    expect(await refusal(() => undo(ann, undefined))).toMatch(/^ann has done nothing/);
  });

  it('does not mind what happened to other tasks of the goal, and looks again at what follows for the goal', async () => {
    const goal = await aGoal(ann);
    const [a, b] = (await someTasks(ann, goal, 2)) as [string, string];
    const c = await aTask(ann, goal, [a, b]);
    await complete(ann, a);
    const event = await lastEvent();
    await complete(bob, b);
    await complete(bob, c);
    expect(await findOneGoal(ann, goal)).toMatchObject({ status: 'completed' });
    await undo(ann, event);
    expect(await findOneGoal(ann, goal)).toMatchObject({ status: 'in_progress', completed_tasks: 2 });
    const { rows } = await sql.query(
      `select action, before ->> 'status' as was, after ->> 'status' as status from events where task_id is null order by seq desc limit 1`,
    );
    expect(rows).toEqual([{ action: 'followed', was: 'completed', status: 'in_progress' }]);
    await undo(ann, await lastEvent("action = 'undone'"));
    expect(await findOneGoal(ann, goal)).toMatchObject({ status: 'completed', completed_tasks: 3 });
  });

  it('refuses when somebody changed the same row later, and names it', async () => {
    const goal = await aGoal(ann);
    const task = await aTask(ann, goal);
    await complete(ann, task);
    const event = await lastEvent(`task_id = '${task}'`);
    await setTaskStatus(bob, { taskId: task, status: 'failed' });
    const later = await lastEvent(`task_id = '${task}'`);
    expect(await refusal(() => undo(ann, event))).toBe(
      `Nothing was undone: the same rows were changed since, by event ${later} (${task} updated by bob). Take that back first, by its event_id, or leave it all as it is.`,
    );
    await undo(bob, later);
    await undo(ann, event);
    expect((await getTask(ann, task)).status).toBe('pending');
  });

  it('refuses to take a creation back that others have built on, and names what', async () => {
    const goal = await aGoal(ann);
    const created = await lastEvent();
    const task = await aTask(ann, goal);
    const broken = await lastEvent(`task_id = '${task}'`);
    expect(await refusal(() => undo(ann, created))).toContain(`event ${broken} (${task} created by ann)`);
    const dependent = await aTask(bob, await aGoal(bob), [task]);
    expect(await refusal(() => undo(ann, broken))).toMatch(new RegExp(`\\(${dependent} created by bob\\)`));
    await deleteTask(bob, dependent);
    await addNote(bob, { taskId: task }, 'a note');
    expect(await refusal(() => undo(ann, broken))).toMatch(
      new RegExp(`event ${await lastEvent()} \\(${task} noted by bob\\)`),
    );
    await undo(bob, undefined);
    await undo(ann, broken);
    await addNote(bob, { goalId: goal }, 'a note');
    expect(await refusal(() => undo(ann, created))).toContain(`(${goal} noted by bob)`);
    await undo(bob, undefined);
    await undo(ann, created);
    expect(await wholeState(sql)).toMatchObject({
      tasks: [],
      goals: [{ id: expect.not.stringContaining(goal) }],
      notes: [],
    });
  });

  it('refuses where the goal or a dependency is gone since, and leaves dependents out that are', async () => {
    const goal = await aGoal(ann);
    const [a, d] = (await someTasks(ann, goal, 2)) as [string, string];
    const b = await aTask(ann, goal, [a, d]);
    const [c] = [await aTask(ann, goal, [b])];
    await deleteTask(ann, b);
    const event = await lastEvent(`task_id = '${b}'`);
    await deleteTask(bob, a);
    expect(await refusal(() => undo(ann, event))).toContain(`(${a} deleted by bob)`);
    await undo(bob, undefined);
    await deleteTask(bob, c);
    await undo(ann, event);
    expect((await getTask(ann, b)).dependencies).toEqual([a, d]);
    await deleteTask(ann, b);
    const again = await lastEvent(`task_id = '${b}'`);
    await deleteGoal(bob, goal);
    expect(await refusal(() => undo(ann, again))).toContain(`(${goal} deleted by bob)`);
  });

  it('refuses to bring a dependency back that would close a cycle, and names it', async () => {
    const goal = await aGoal(ann);
    const a = await aTask(ann, goal);
    const b = await aTask(ann, goal, [a]);
    await updateTask(ann, b, { edit: {}, dependencies: { add: [], remove: [a] } });
    const event = await lastEvent();
    const c = await aTask(bob, goal, [b]);
    await updateTask(bob, a, { edit: {}, dependencies: { add: [c], remove: [] } });
    expect(await refusal(() => undo(ann, event))).toMatch(
      /^Nothing was undone: these tasks would wait for each other: (TASK-\d+ → ){3}TASK-\d+\. Take/,
    );
  });

  it('refuses one that brings a task back between two that depend on each other now', async () => {
    const goal = await aGoal(ann);
    const a = await aTask(ann, goal);
    const b = await aTask(ann, goal, [a]);
    const c = await aTask(ann, goal, [b]);
    await deleteTask(ann, b);
    await updateTask(bob, a, { edit: {}, dependencies: { add: [c], remove: [] } });
    expect(await refusal(() => undo(ann, undefined))).toContain('would wait for each other');
    await undo(bob, undefined);
    await undo(ann, undefined);
    expect((await getTask(ann, c)).dependencies).toEqual([b]);
  });

  it('parks what comes back in a goal that was closed meanwhile', async () => {
    const goal = await aGoal(ann);
    const [a] = (await someTasks(ann, goal, 2)) as [string];
    await deleteTask(ann, a);
    await updateGoal(bob, goal, { status: 'cancelled' });
    await undo(ann, undefined);
    const { rows } = await sql.query('select parked from tasks where id = $1', [a]);
    expect(rows).toEqual([{ parked: true }]);
    expect((await findOneGoal(ann, goal)).status).toBe('cancelled');
  });

  it('does not take an import back', async () => {
    await aGoal({ ...ann, actor: 'import v2' });
    const event = await lastEvent();
    expect(await refusal(() => undo(ann, event))).toMatch(/^An import is not taken back by undo/);
  });

  it('takes a thousand tasks back in as many round trips as one', async () => {
    const goal = await aGoal(ann);
    const roundTrips = async (subtasks: number) => {
      await breakDownGoal(
        ann,
        goal,
        Array.from({ length: subtasks }, (_, n) => aSubtask({ dependencies: n > 0 ? [`#${n}`] : [] })),
      );
      let count = 0;
      const database = new Proxy(ann.store.database, {
        get(target, name) {
          const value = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => {
            count += 1;
            const [operation, body, options] = args as [Operation, Body<unknown>, object];
            if (name !== 'change' || typeof body !== 'function') return value.apply(target, args);
            const counted: typeof body = (run, isBegun) =>
              body((steps) => {
                count += 1;
                return run(steps);
              }, isBegun);
            return target.change(operation, counted, options);
          };
        },
      });
      await undo({ ...ann, store: { ...ann.store, database } as Call['store'] }, undefined);
      return count;
    };
    const one = await roundTrips(1);
    expect(await roundTrips(1_000)).toBe(one);
    expect(one).toBeLessThan(12);
    expect(await wholeState(sql)).toMatchObject({ tasks: [] });
  });
});

describe('undo and claims', () => {
  const claim = async (call: Call, taskId: string, leaseSeconds = 3600) =>
    (await claimTasks(call, { taskIds: [taskId], limit: 1, leaseSeconds })).map(({ fence }) => fence)[0] as number;

  it('leaves alone what another agent holds, and one’s own claim can be taken back, with the fence up', async () => {
    const task = await aTask(ann, await aGoal(ann));
    const fence = await claim(ann, task);
    const event = await lastEvent();
    expect(await refusal(() => undo(bob, event))).toMatch(
      new RegExp(`^Nothing was undone: ${task} is claimed by ann until \\d\\d:\\d\\d:\\d\\dZ; wait for it`),
    );
    await undo(ann, event);
    expect(await getTask(ann, task)).toMatchObject({ status: 'pending' });
    expect(await refusal(() => complete(ann, task, fence))).toContain('is not that of the last claim');
    expect(await claim(bob, task)).toBeGreaterThan(fence + 1);
  });

  it('takes back an edit of a held task, which says nothing of how it stands', async () => {
    const task = await aTask(ann, await aGoal(ann));
    await claim(ann, task);
    await updateTask(bob, task, { edit: { description: 'wrong' } });
    const [{ lease }] = (await sql.query('select expires_at::text as lease from claims')).rows;
    await claim(ann, task, 36_000); // a heartbeat is no event
    await undo(bob, undefined);
    const { rows } = await sql.query(
      'select t.description, c.holder as claimed_by, c.expires_at > $1 as longer from tasks t join claims c on c.workspace_id = t.workspace_id and c.task_id = t.id',
      [lease],
    );
    expect(rows).toEqual([{ description: 'a task', claimed_by: 'ann', longer: true }]);
  });

  it('gives a claim back while its lease runs, and makes the task pending when it has run out', async () => {
    const task = await aTask(ann, await aGoal(ann));
    const fence = await claim(ann, task);
    await complete(ann, task, fence);
    await undo(bob, await lastEvent(`task_id = '${task}'`));
    expect(await getTask(ann, task)).toMatchObject({ status: 'in_progress', claimed_by: 'ann' });
    await complete(ann, task, fence);
    const event = await lastEvent(`task_id = '${task}'`);
    await sql.query(
      `update events set before = jsonb_set(before, '{lease_expires_at}', to_jsonb(now() - interval '1 s')) where seq = $1`,
      [event],
    );
    await undo(bob, event);
    const { rows } = await sql.query(
      'select t.status, c.holder as claimed_by, t.attempts, t.fence >= $1 as kept from tasks t left join claims c on c.workspace_id = t.workspace_id and c.task_id = t.id',
      [fence],
    );
    expect(rows).toEqual([{ status: 'pending', claimed_by: null, attempts: 1, kept: true }]);
  });

  it('does not count it as a change that a lease ran out', async () => {
    const goal = await aGoal(ann);
    const [a] = (await someTasks(ann, goal, 1)) as [string];
    const event = await lastEvent(`task_id = '${a}'`);
    await claim(ann, a, 1);
    const claimed = await lastEvent(`task_id = '${a}'`);
    await sql.query(`update claims set expires_at = now() - interval '1 s'`);
    await claimTasks(bob, { goalId: await aGoal(bob), limit: 1, leaseSeconds: 60 });
    expect(await lastEvent("action = 'lease_ended'")).toBeGreaterThan(0);
    await undo(ann, claimed);
    await undo(ann, event);
    expect(await wholeState(sql)).toMatchObject({ tasks: [] });
  });

  it('keeps the fence of a task that comes back, and never lets it down', async () => {
    const task = await aTask(ann, await aGoal(ann));
    const fence = await claim(ann, task);
    await deleteTask(bob, task);
    await undo(bob, undefined);
    expect(await getTask(ann, task)).toMatchObject({ status: 'in_progress', claimed_by: 'ann' });
    expect((await complete(ann, task, fence)).task.status).toBe('completed');
  });
});

describe('taking back all that an agent did', () => {
  it('gives each row the state from before the first of it, as one operation that can be taken back', async () => {
    const goal = await aGoal(ann);
    const [a, b] = (await someTasks(ann, goal, 2)) as [string, string];
    const before = await wholeState(sql);
    await updateTask(bob, a, { edit: { description: 'one' } });
    await updateTask(bob, a, { edit: { description: 'two' }, dependencies: { add: [b], remove: [] } });
    const c = await aTask(bob, goal, [a]);
    await addNote(bob, { taskId: c }, 'a note');
    await deleteTask(bob, c);
    await addNote(bob, { taskId: b }, 'another');
    await deleteTask(bob, b);
    await claimTasks(bob, { limit: 1, leaseSeconds: 3600 });
    await complete(bob, a);
    await undo(bob, undefined);
    await updateGoal(bob, goal, { status: 'cancelled', description: 'no' });
    await deleteGoal(bob, goal);
    const after = await wholeState(sql);
    const found = await listOperationsOf(bob, 'bob', { secondsAgo: 3600 });
    expect(found.map(({ start }) => start.action)).toEqual([
      'deleted',
      'updated',
      'claimed',
      'deleted',
      'noted',
      'deleted',
      'noted',
      'created',
      'updated',
      'updated',
    ]);
    const { operation } = await undoOperations(
      { ...ann, actor: 'operator' },
      found.map((each) => each.operation),
    );
    expect(await wholeState(sql)).toEqual(before);
    expect(await brokenInvariants(sql)).toEqual({});
    expect(await listOperationsOf(bob, 'bob', { secondsAgo: 3600 })).toEqual([]);
    expect(await refusal(() => undo(bob, undefined))).toMatch(/^bob has done nothing/);
    await undo(ann, operation);
    expect(await wholeState(sql)).toEqual(after);
  });

  it('gives a dependency its place back that was taken out and put in again', async () => {
    const goal = await aGoal(ann);
    const [a, b] = (await someTasks(ann, goal, 2)) as [string, string];
    const task = await aTask(ann, goal, [a, b]);
    const change = (dependencies: { add: string[]; remove: string[] }) =>
      updateTask(bob, task, { edit: {}, dependencies });
    await change({ add: [], remove: [a] });
    await change({ add: [a], remove: [] });
    const { operation } = await undoOperations(ann, await allOf('bob'));
    expect((await getTask(ann, task)).dependencies).toEqual([a, b]);
    await undoOperations(ann, [operation]);
    expect((await getTask(ann, task)).dependencies).toEqual([b, a]);
  });

  it('gives a goal the status that it was given with things left to do, whatever was done to them since', async () => {
    const goal = await aGoal(ann);
    const [a, b, c] = (await someTasks(ann, goal, 3)) as [string, string, string];
    await complete(ann, a);
    await updateGoal(ann, goal, { status: 'completed' });
    const before = await wholeState(sql);
    await complete(bob, b);
    await deleteTask(bob, c);
    await aTask(bob, goal);
    const after = await wholeState(sql);
    const { operation } = await undoOperations(ann, await allOf('bob'));
    expect(await wholeState(sql)).toEqual(before);
    await undoOperations(ann, [operation]);
    expect(await wholeState(sql)).toEqual(after);
  });

  it('opens a goal that completed by itself because of what is taken back', async () => {
    const goal = await aGoal(ann);
    const [a, b] = (await someTasks(ann, goal, 2)) as [string, string];
    await complete(bob, a);
    await complete(ann, b);
    await aTask(bob, goal);
    await undoOperations(ann, await allOf('bob'));
    expect(await findOneGoal(ann, goal)).toMatchObject({ status: 'in_progress', completed_tasks: 1 });
  });

  it('refuses as a whole where others changed the same rows, and names all of it', async () => {
    const goal = await aGoal(bob);
    const tasks = await someTasks(bob, goal, 12);
    await setTaskStatuses(
      ann,
      tasks.map((taskId) => ({ taskId, status: 'blocked' as const })),
    );
    const found = await listOperationsOf(ann, 'bob', { secondsAgo: 3600 });
    const said = await refusal(() =>
      undoOperations(
        ann,
        found.map((each) => each.operation),
      ),
    );
    for (const task of tasks) expect(said).toContain(`${task} updated by ann`);
  });

  it('takes back what is held at this moment too, and raises the fence', async () => {
    const task = await aTask(ann, await aGoal(ann));
    await claimTasks(bob, { limit: 1, leaseSeconds: 3600 });
    const found = await listOperationsOf(ann, 'bob', { secondsAgo: 3600 });
    await undoOperations(
      ann,
      found.map((each) => each.operation),
    );
    expect(await getTaskWithNotes(ann, task)).toMatchObject({ task: { status: 'pending' } });
    expect(await refusal(() => complete(bob, task, 1))).toContain('is not that of the last claim');
  });
});
