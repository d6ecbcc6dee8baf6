import { beforeEach, describe, expect, it } from 'vitest';
import { claimTasks as claimAll } from '../../src/service/claims.ts';
import { acquireNames } from '../../src/service/resources.ts';
import { acquire } from '../../src/tools/acquire.ts';
import { breakDownGoal } from '../../src/tools/break-down-goal.ts';
import { claimTasks } from '../../src/tools/claim-tasks.ts';
import { deleteTask } from '../../src/tools/delete-task.ts';
import { getNextTasks } from '../../src/tools/get-next-tasks.ts';
import { getTask } from '../../src/tools/get-task.ts';
import { listTasks } from '../../src/tools/list-tasks.ts';
import { release } from '../../src/tools/release.ts';
import { releaseTasks } from '../../src/tools/release-tasks.ts';
import { updateTask } from '../../src/tools/update-task.ts';
import { updateTaskStatus } from '../../src/tools/update-task-status.ts';
import { start } from '../legacy/support/program.ts';
import { activity } from '../service/waits/support.ts';
import { aGoal, aTask } from '../support/builders.ts';
import { aCall } from '../support/database.ts';
import { commandsOn } from './support.ts';

const { call, sql, connection } = await aCall();
const { goalAgent, lines, json } = commandsOn(connection);

const patient = { timeout: 20_000, interval: 50 };
let goal: string;
let task: string;
let next: string;

beforeEach(async () => {
  await sql.query('truncate goals, tasks, task_dependencies, operations, events, notes, claims cascade');
  goal = await aGoal(call);
  task = await aTask(call, goal);
  next = await aTask(call, goal, [task]);
});

describe('goal-agent task', () => {
  it('defer puts a task off until a time, which the list shows, and cancel lets go what depends on one', async () => {
    const deferred = await json(updateTaskStatus, 'task', 'defer', task, '--until', '2999-01-02T12:00:00Z');
    expect(deferred).toMatchObject({ status: 'deferred', defer_until: '2999-01-02T12:00:00.000Z' });
    expect(await lines('task', 'list', '--status', 'deferred')).toEqual([
      expect.stringMatching(new RegExp(`^${task}  ◌ .*until 2999-01-0\\d \\d\\d:00 `)),
    ]);
    expect(await lines('task', 'cancel', task)).toEqual([
      expect.stringContaining('⊘'),
      expect.stringContaining(`${next} goes on waiting for ${task}`),
    ]);
    expect((await lines('task', 'cancel', task, '--waive')).join()).toContain(`Ready now: ${next}`);
    const { code, stderr } = await goalAgent(['task', 'defer', next, '--until', 'constructor']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('is not a day or a time ahead; write 3d, tomorrow')]);
  });

  it('add, update and delete change one task', async () => {
    const added = await json(
      breakDownGoal,
      'task',
      'add',
      goal,
      'Write it',
      '-e',
      '2h',
      '--after',
      next,
      '--ticket',
      'P-1',
    );
    expect(added).toMatchObject({ tasks: [{ description: 'Write it', dependencies: [next], jira_ticket: 'P-1' }] });
    const id = added.first_task_id as string;
    expect(await lines('task', 'update', id, '--priority', 'high', '--after', task, '--not-after', next)).toEqual([
      `${id}  ◌ ▲  Write it  2h  waits for ${task}`,
    ]);
    expect(await json(updateTask, 'task', 'update', id, '--effort', '')).toMatchObject({ estimated_effort: null });
    expect((await goalAgent(['task', 'delete', task])).code).toBe(1);
    expect(await lines('task', 'delete', task, '--yes')).toEqual([
      `Deleted ${task}.`,
      `  No longer waiting for it: ${next}, ${id}`,
    ]);
    expect(await json(deleteTask, 'task', 'delete', id, '-y')).toMatchObject({ deleted_task_id: id });
  });

  it('list, show and next look', async () => {
    expect(await lines('task', 'list')).toEqual([
      `${next}  ◌  a task  waits for ${task}  ${goal}`,
      `${task}  ○  a task${' '.repeat(21)}  ${goal}`,
    ]);
    expect(await lines('task', 'list', '--goal', goal, '--status', 'failed')).toEqual(['  No such tasks.']);
    expect(await json(listTasks, 'task', 'list', '--limit', '1')).toMatchObject({ count: 1 });
    expect((await lines('task', 'show', next)).join('\n')).toContain(`depends on  ${task}\n  waits for   ${task}`);
    expect(await json(getTask, 'task', 'show', next)).toMatchObject({ id: next });
    expect(await lines('task', 'next')).toEqual([`${task}  ○  a task  ${goal}`]);
    expect(await json(getNextTasks, 'task', 'next', '--goal', goal)).toMatchObject({ total: 1 });
  });

  it('claim takes a task for this person, and release gives it back', async () => {
    expect(await lines('task', 'claim', '--lease', '2h')).toEqual([`${task}  ◐  a task  ann, 2 h left`]);
    expect((await lines('task', 'list', '--agent', 'ann'))[0]).toContain(task);
    const bob = { env: { GOAL_AGENT_NAME: 'bob' } };
    const refused = await goalAgent(['task', 'claim', task], bob);
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining(`${task}: it is claimed by ann until`) });
    expect((await goalAgent(['task', 'done', task], bob)).stderr).toContain(`${task} is claimed by ann until`);
    expect(await lines('task', 'release', task, '--reason', 'lunch')).toEqual([`  Given back: ${task}`]);
    expect((await goalAgent(['task', 'release', task])).code).toBe(1);
    expect(await json(claimTasks, 'task', 'claim', task)).toMatchObject({ tasks: [{ id: task }] });
    expect(await json(releaseTasks, 'task', 'release', task)).toEqual({ released: [task] });
    expect((await lines('task', 'claim', '--goal', goal, '-n', '5'))[0]).toContain(task);
  });

  it('done, fail, block, start and reopen say what becomes of it', async () => {
    expect(await lines('task', 'start', task)).toEqual([`${task}  ◐  a task  since just now`]);
    expect(await lines('task', 'block', task, 'no key')).toEqual([`${task}  ⊘  a task  no key`]);
    expect(await lines('task', 'fail', task, 'gave up')).toEqual([`${task}  ✕  a task  gave up`]);
    expect(await lines('task', 'reopen', task)).toEqual([`${task}  ○  a task`]);
    expect(await lines('task', 'done', task, '--result', '{"pr":42}')).toEqual([
      `${task}  ✔  a task  just now`,
      `  Ready now: ${next}`,
    ]);
    expect((await sql.query('select result from tasks where id = $1', [task])).rows).toEqual([{ result: { pr: 42 } }]);
    expect(await lines('task', 'done', next)).toEqual([`${next}  ✔  a task  just now`, `  ${goal} is completed.`]);
    expect(await json(updateTaskStatus, 'task', 'start', next)).toMatchObject({ goal_status: 'in_progress' });
  });

  it('claim waits for a task, and Ctrl+C ends the wait with nothing claimed', async () => {
    await claimAll(call, { limit: 1, leaseSeconds: 900 });
    const wait = () => start(['task', 'claim', '--wait', '2m'], connection, { env: { GOAL_AGENT_NAME: 'ann' } });
    const listening = async () => (await activity(sql)).listening;
    const stopped = wait();
    await expect.poll(listening, patient).toBe(1);
    stopped.child.kill('SIGINT');
    expect(await stopped.ended).toMatchObject({ code: 130, stdout: '', stderr: '' });
    const waiting = wait();
    await expect.poll(listening, patient).toBe(1);
    const added = await aTask(call, goal);
    const { code, stdout } = await waiting.ended;
    expect({ code, first: stdout.split('  ')[0] }).toEqual({ code: 0, first: added });
    expect((await goalAgent(['task', 'claim', '--wait', '6m'])).code).toBe(2);
  });

  it('done --next claims the next task of the goal, and says so where there is none', async () => {
    expect(await lines('task', 'done', task, '--next')).toEqual([
      `${task}  ✔  a task  just now`,
      `  Ready now: ${next}`,
      `${next}  ◐  a task  ann, 15 min left`,
    ]);
    expect(await lines('task', 'fail', next, 'no key', '--next')).toEqual([
      `${next}  ✕  a task  no key`,
      '  Nothing is ready: 1 failed.',
    ]);
  });
});

describe('goal-agent acquire, release and held', () => {
  it('show who holds which names, and end with 1 where somebody else does', async () => {
    const both = ['src/auth/**', 'staging'];
    expect(await lines('acquire', ...both, '--lease', '1h')).toEqual([
      expect.stringMatching(/^ {2}"src\/auth\/\*\*" is yours until /),
      expect.stringMatching(/^ {2}staging is yours until /),
    ]);
    const listed = JSON.parse((await goalAgent(['held', '--json'])).stdout);
    expect(listed).toMatchObject({ total: 2, resources: both.map((name) => ({ name, holder: 'ann', shared: false })) });
    expect((await lines('held'))[0]).toMatch(/^"src\/auth\/\*\*" +ann +until /);
    await acquireNames(call, { names: ['db'], shared: true, leaseSeconds: 900 });
    const refused = await goalAgent(['acquire', 'docs', 'd?']);
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('db is shared by tester until ') });
    expect(await json(acquire, 'acquire', 'db', '--shared')).toMatchObject({ held: [{ name: 'db', shared: true }] });
    expect(await lines('release', ...both)).toEqual(['  Given back: "src/auth/**", staging']);
    expect(await json(release, 'release', 'staging')).toEqual({ released: [], not_held: ['staging'] });
  });
});
