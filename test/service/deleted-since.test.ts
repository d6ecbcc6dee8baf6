import { beforeAll, expect, it } from 'vitest';
import type { Call, PoolCall } from '../../src/service/call.ts';
import { finishAndClaim } from '../../src/service/finish-and-claim.ts';
import { setTaskStatus, setTaskStatuses } from '../../src/service/set-task-statuses.ts';
import { deleteTask } from '../../src/service/tasks.ts';
import type { Operation, StatementRunner, Steps } from '../../src/store/database.ts';
import { aGoal, aTask } from '../support/builders.ts';
import { callsOf } from '../support/database.ts';

let ann: PoolCall;
let bob: PoolCall;

beforeAll(async () => {
  ({
    calls: [ann, bob],
  } = await callsOf('ann', 'bob'));
});

/** Ann's call, whose task Bob deletes between its change and the look at it. */
function deletedBetween(taskId: string): Call {
  const { database } = ann.store;
  const change = async (operation: Operation, { rows, ...steps }: Steps) => {
    const changed = await database.change(operation, steps);
    await deleteTask(bob, taskId);
    return { ...changed, ...(await database.read({ rows })) };
  };
  // a change of status calls nothing else
  const runner = { change, read: database.read.bind(database) } as unknown as StatementRunner;
  return { ...ann, store: { ...ann.store, database: runner } };
}

it('a status that was set is not refused because somebody deletes the task before it is looked at', async () => {
  const completed = { status: 'completed' as const };
  const goalId = await aGoal(ann);
  const [one, two, three, kept] = [
    await aTask(ann, goalId),
    await aTask(ann, goalId),
    await aTask(ann, goalId),
    await aTask(ann, goalId),
  ];
  const saved = {
    code: 'not_found',
    message: expect.stringMatching(/^The change was saved, and then somebody deleted/),
  };
  await expect(setTaskStatus(deletedBetween(one), { taskId: one, ...completed })).rejects.toMatchObject(saved);
  const next = await finishAndClaim(deletedBetween(two), { taskId: two, ...completed, leaseSeconds: 60 }).catch(
    (error) => error,
  );
  expect(next).toMatchObject(saved);
  expect(next.message).toContain(`You hold ${three} now, under fence 1.`);
  const { changed, failed } = await setTaskStatuses(deletedBetween(three), [
    { taskId: three, ...completed },
    { taskId: kept, ...completed },
    { taskId: 'TASK-9999', ...completed },
  ]);
  expect(changed).toEqual([three, kept]);
  expect(failed).toEqual([{ taskId: 'TASK-9999', error: 'TASK-9999 does not exist' }]);
});

it('a task that was not there is told as such', async () => {
  await expect(setTaskStatus(ann, { taskId: 'TASK-9999', status: 'completed' })).rejects.toMatchObject({
    message: expect.stringMatching(/does not exist/),
  });
});
