import { beforeEach, describe, expect, it } from 'vitest';
import { listGoalsForBoard } from '../../src/service/board.ts';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import { search } from '../../src/service/search.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { aGoal, aSubtask, someTasks } from '../support/builders.ts';
import { aCall } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { commandsOn } from './support.ts';

const { call, sql, connection } = await aCall();
const { goalAgent, lines } = commandsOn(connection);

let done: string;
let open: string;
let cancelled: string;
let late: string;
let firstTask: string;

/** Four goals, the first three of which nothing has changed for a hundred days. */
beforeEach(async () => {
  await sql.query('truncate goals, tasks, task_dependencies, operations, events, notes cascade');
  [done, open, cancelled, late] = [
    await aGoal(call, 'Sign-in', ['api']),
    await aGoal(call, 'Billing', ['api']),
    await aGoal(call, 'Fax', ['api']),
    await aGoal(call, 'Just now'),
  ];
  [firstTask = ''] = await someTasks(call, done, 1);
  const [left = ''] = await someTasks(call, cancelled, 1);
  expect(left).toMatch(/^TASK-/);
  await goalAgent(['task', 'done', firstTask]);
  await goalAgent(['goal', 'update', cancelled, '--status', 'cancelled']);
  await goalAgent(['goal', 'update', late, '--status', 'completed']);
  await sql.query(`update goals set updated_at = now() - interval '100 days' where id <> $1`, [late]);
});

const archived = ['archive', 'goals', '--older-than', '90d'];
const listed = async (...args: string[]) =>
  (JSON.parse((await goalAgent(['goal', 'list', '--json', ...args])).stdout).goals as { id: string }[]).map(
    ({ id }) => id,
  );

describe('goal-agent archive goals', () => {
  it('shows what it would archive, archives it as one operation, and undo brings it back', async () => {
    const before = (await lines('export', 'jsonl')).toSorted();
    const shown = await lines(...archived, '--dry-run');
    expect(shown).toEqual([
      expect.stringMatching(new RegExp(`^${done}  Sign-in  completed  1 task  `)),
      expect.stringMatching(new RegExp(`^${cancelled}  Fax  +cancelled  1 task  `)),
      'Nothing was changed. Leave out --dry-run to archive them.',
    ]);
    expect(await lines(...archived)).toContain('Nothing was changed. To archive without being asked, add --yes.');
    expect(await listed()).toEqual([late, cancelled, open, done]);

    const told = await lines(...archived, '--yes');
    expect(told.at(-2)).toBe('Archived 2 goals: goal-agent goal list --status archived shows them.');
    const undo = /goal-agent (undo \d+)$/.exec(told.at(-1) ?? '')?.[1] ?? '';
    expect(await listed()).toEqual([late, open]);
    expect(await listed('--repo', 'api')).toEqual([open]);
    expect(await listed('--priority', 'medium')).toEqual([late, open]);
    expect(await listed('--status', 'archived')).toEqual([cancelled, done]);
    expect(await listed('--status', 'archived', '--repo', 'api')).toEqual([cancelled, done]);
    const boards = await Promise.all([false, true].map((isArchived) => listGoalsForBoard(call, { isArchived })));
    expect(boards.map(({ goals }) => goals.map(({ id }) => id))).toEqual([
      [late, open],
      [cancelled, done],
    ]);
    expect((await search(call, { query: 'sign', limit: 5 })).found.map(({ id }) => id)).toEqual([done]);
    expect((await lines('log', done))[0]).toContain('status completed → archived');
    expect(await brokenInvariants(sql)).toEqual({});

    await goalAgent([...undo.split(' '), '--yes']);
    expect(await listed()).toEqual([late, cancelled, open, done]);
    const after = (await lines('export', 'jsonl')).toSorted();
    const sameTime = (line: string) => line.replaceAll(/"(updated_at|revision)":("[^"]*"|\d+)/g, '');
    expect(after.map(sameTime)).toEqual(before.map(sameTime));
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('an archived goal takes no new tasks, and no task brings it back', async () => {
    await goalAgent([...archived, '--yes']);
    await expect(breakDownGoal(call, done, [aSubtask()])).rejects.toThrow(`${done} is archived, so nothing was added`);
    const { taskId, madeReady } = await setTaskStatus(call, { taskId: firstTask, status: 'pending' }).then((set) => ({
      taskId: set.task.id,
      madeReady: set.madeReady,
    }));
    expect([madeReady, await listed('--status', 'archived')]).toEqual([[], [cancelled, done]]);
    expect((await lines('task', 'next')).join()).not.toContain(taskId);
    await goalAgent(['goal', 'update', done, '--status', 'in_progress']);
    expect(await listed()).toContain(done);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('refuses a time to come, and says where there is nothing', async () => {
    const { code, stderr } = await goalAgent(['archive', 'goals', '--older-than', '2999-01-01']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('is no time in the past')]);
    expect(await lines('archive', 'goals', '--older-than', '200d')).toEqual([
      'There is no completed or cancelled goal that nothing has changed since then.',
    ]);
  });
});
