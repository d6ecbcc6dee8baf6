import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/domain/change.ts';
import { claimTasks, releaseTasks } from '../../../src/service/claims.ts';
import { deleteGoal } from '../../../src/service/delete-goal.ts';
import { createGoal, updateGoal } from '../../../src/service/goals.ts';
import { addNote } from '../../../src/service/notes.ts';
import { readChanges } from '../../../src/service/read-changes.ts';
import { setTaskStatus } from '../../../src/service/set-task-statuses.ts';
import { deleteTask } from '../../../src/service/tasks.ts';
import { undo } from '../../../src/service/undo.ts';
import { updateTask } from '../../../src/service/update-task.ts';
import { aGoal, aTask } from '../../support/builders.ts';
import { aCall, aStore } from '../../support/database.ts';
import { aClient, aHandWriter, numbersOf, readAll } from './support.ts';

const told = ({ type, id, operation }: Change) => `${operation.actor} ${type} ${id}`;

describe('the changes of a workspace', () => {
  it('say what was done, to which row, by whom, and what it was before', async () => {
    const { call } = await aCall();
    const { position } = await readChanges(call.store);
    const goal = await aGoal(call);
    const task = await aTask(call, goal);
    await claimTasks(call, { limit: 1, leaseSeconds: 60 });
    await setTaskStatus({ ...call, actor: 'bob' }, { taskId: task, status: 'blocked' }).catch(() => {});
    await releaseTasks(call, { taskIds: [task] });
    await setTaskStatus(call, { taskId: task, status: 'completed', result: 'x'.repeat(5_000) });
    await addNote(call, { taskId: task }, 'a note');
    const changes = await readAll(call.store, position);
    expect(changes.map(told)).toEqual([
      'tester goal.created GOAL-0001',
      'tester task.created TASK-0001',
      'tester goal.in_progress GOAL-0001',
      'tester task.claimed TASK-0001',
      'tester task.released TASK-0001',
      'tester task.completed TASK-0001',
      'tester goal.completed GOAL-0001',
      'tester note.created 1',
    ]);
    expect(changes[0]).toMatchObject({ kind: 'goal', before: null, after: { description: 'a goal' }, changed: [] });
    const completed = changes[5];
    expect(completed).toMatchObject({ kind: 'task', before: { status: 'pending' }, after: { status: 'completed' } });
    expect(completed?.changed).toContain('result');
    expect(completed?.after).not.toHaveProperty('result');
    expect(changes[7]).toMatchObject({ kind: 'note', goal_id: goal, task_id: task, after: { text: 'a note' } });
  });

  it('tell what an undo brings back as created, and what it takes away as deleted', async () => {
    const { call } = await aCall();
    const goal = await aGoal(call);
    await aTask(call, goal);
    const { position: before } = await readChanges(call.store);
    await deleteGoal(call, goal);
    const { changes, position } = await readChanges(call.store, { since: before });
    expect(changes.map(told)).toContain('tester goal.deleted GOAL-0001');
    await undo(call, changes[0]?.operation.number ?? 0);
    const back = await readAll(call.store, position);
    expect(back.map(told)).toEqual(['tester goal.created GOAL-0001', 'tester task.created TASK-0001']);
  });

  it('name every goal that looks otherwise since', async () => {
    const { call } = await aCall();
    const [first, second, third] = [await aGoal(call), await aGoal(call), await aGoal(call)];
    const task = await aTask(call, first);
    await aTask(call, second, [task]);
    let since = (await readChanges(call.store)).position;
    const ofGoal = async (goalId: string) => (await readChanges(call.store, { since, goalId })).changes.map(told);
    await setTaskStatus(call, { taskId: task, status: 'completed' });
    expect(await ofGoal(second)).toEqual(['tester task.completed TASK-0001']);
    expect(await ofGoal(third)).toEqual([]);
    since = (await readChanges(call.store)).position;
    await updateTask(call, task, { edit: {}, goalId: third });
    expect(await ofGoal(first)).toContain('tester task.updated TASK-0001');
    expect(await ofGoal(third)).toContain('tester task.updated TASK-0001');
    since = (await readChanges(call.store)).position;
    await deleteTask(call, task);
    expect(await ofGoal(second)).toContain('tester task.deleted TASK-0001');
  });

  it('are told page by page, each once', async () => {
    const { call } = await aCall();
    for (let n = 0; n < 7; n += 1) await aGoal(call);
    await updateGoal(call, 'GOAL-0003', { priority: 'high' });
    expect((await readAll(call.store, '0', 3)).map(told)).toEqual((await readAll(call.store)).map(told));
    expect(await readAll(call.store)).toHaveLength(8);
  });

  it('are those of one workspace', async () => {
    const { call, connection } = await aCall();
    const other = { store: await aStore(connection, { workspace: 'other' }), actor: 'other' };
    await aGoal(call);
    const { position } = await readChanges(call.store);
    await createGoal(other, { description: 'of others', priority: 'low', repos: [], metadata: {} });
    expect(await readAll(call.store, position)).toEqual([]);
    expect(await readAll(other.store)).toHaveLength(1);
    await expect(readChanges(other.store, { since: position })).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('a position', () => {
  it.each(['', 'x', '12', '1-2-3', '-1', '1-0123456789AB', ' 0', `${'9'.repeat(16)}-0123456789ab`])(
    'that never was one is refused: %j',
    async (since) => {
      const { call } = await aCall();
      await expect(readChanges(call.store, { since })).rejects.toMatchObject({ code: 'invalid' });
    },
  );

  it('of another database is refused in words', async () => {
    const [{ call: one }, { call: two }] = [await aCall(), await aCall()];
    await aGoal(one);
    await aGoal(two);
    const { position } = await readChanges(one.store);
    const refused = readChanges(two.store, { since: position });
    await expect(refused).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('without a position'),
    });
  });
});

describe('whatever order transactions commit in', () => {
  it('a change waits for those with lower numbers that are not decided', async () => {
    const { call, connection } = await aCall();
    const goal = await aGoal(call);
    const { position: since } = await readChanges(call.store);
    const [early, undecided] = [await aHandWriter(connection, 1), await aHandWriter(connection, 1)];
    const first = await early.write(goal);
    // a reader knows of each writer what had been given out when it looked last
    await readChanges(call.store);
    const second = await undecided.write(goal);
    await updateGoal(call, goal, { priority: 'high' });
    const waiting = await readChanges(call.store, { since });
    expect(waiting).toEqual({ changes: [], position: since, isCaughtUp: true });
    await early.commit();
    expect(numbersOf(await readAll(call.store, since))).toEqual([first]);
    await undecided.commit();
    const all = numbersOf(await readAll(call.store, since));
    expect(all.slice(0, 2)).toEqual([first, second]);
    expect(all).toHaveLength(3);
  });

  it('a number that is taken back is no gap that anybody waits for', async () => {
    const { call, connection } = await aCall();
    const goal = await aGoal(call);
    const { position: since } = await readChanges(call.store);
    const writer = await aHandWriter(connection, 1);
    await writer.write(goal);
    await updateGoal(call, goal, { priority: 'high' });
    await writer.rollback();
    expect((await readAll(call.store, since)).map(told)).toEqual([`tester goal.updated ${goal}`]);
  });

  it('transactions of others, who write no history, hold nothing up, however long they are open', async () => {
    const { call, connection } = await aCall();
    const goal = await aGoal(call);
    const task = await aTask(call, goal);
    const { position: since } = await readChanges(call.store);
    const others = await Promise.all([1, 2, 3].map(() => aClient(connection)));
    await others[0]?.query('begin; create table theirs (id int); insert into theirs values (1)');
    await others[1]?.query(`begin; select from tasks where id = '${task}' for update`);
    await others[2]?.query('begin isolation level repeatable read; select count(*) from events');
    await updateGoal(call, goal, { priority: 'high' });
    expect((await readAll(call.store, since)).map(told)).toEqual([`tester goal.updated ${goal}`]);
  });

  it('a long change in one workspace holds up no other', async () => {
    const { call, connection } = await aCall();
    const other = { store: await aStore(connection, { workspace: 'other' }), actor: 'other' };
    const since = (await readChanges(call.store)).position;
    const writer = await aHandWriter(connection, other.store.workspaceId);
    await writer.write('GOAL-0001');
    await writer.sql.query('select pg_advisory_xact_lock(1196376898, $1)', [other.store.workspaceId]);
    const goal = await aGoal(call);
    expect((await readAll(call.store, since)).map(told)).toEqual([`tester goal.created ${goal}`]);
    await aGoal(other);
    expect(await readAll(other.store)).toEqual([]);
    await writer.commit();
    expect(await readAll(other.store)).toHaveLength(2);
  });

  it('it cannot be said where now is, before the first who writes has come to an end', async () => {
    const { call, connection } = await aCall();
    const goal = await aGoal(call);
    const writer = await aHandWriter(connection, 1);
    await writer.write(goal);
    const late = await aStore(connection);
    await expect(readChanges(late)).rejects.toMatchObject({ code: 'unavailable' });
    await writer.rollback();
    expect((await readChanges(late)).changes).toEqual([]);
  });
});
