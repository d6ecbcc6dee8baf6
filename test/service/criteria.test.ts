import type pg from 'pg';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CriterionRef } from '../../src/domain/criteria.ts';
import type { NewCriterion } from '../../src/domain/criterion-text.ts';
import { whatHappened } from '../../src/domain/history-line.ts';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { Call } from '../../src/service/call.ts';
import { claimTasks } from '../../src/service/claims.ts';
import { finishAndClaim } from '../../src/service/finish-and-claim.ts';
import { createGoal, getGoal, updateGoal } from '../../src/service/goals.ts';
import { getHistory } from '../../src/service/history.ts';
import { search } from '../../src/service/search.ts';
import { setTaskStatus, setTaskStatuses } from '../../src/service/set-task-statuses.ts';
import { getTask } from '../../src/service/tasks.ts';
import { undo } from '../../src/service/undo.ts';
import { updateTask } from '../../src/service/update-task.ts';
import { aGoal, aSubtask } from '../support/builders.ts';
import { callsOf } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';

let agent: Call;
let other: Call;
/** Somebody who confirmed the call at a terminal. */
let person: Call;
let sql: pg.Client;

beforeAll(async () => {
  const opened = await callsOf('tester', 'bob', 'ann');
  [agent, other] = opened.calls;
  person = { ...opened.calls[2], isConfirmed: true };
  sql = opened.sql;
});

afterEach(async () => {
  expect(await brokenInvariants(sql)).toEqual({});
  await sql.query('truncate goals, tasks, task_dependencies, operations, events cascade');
});

const aStrictGoal = async () =>
  (await createGoal(agent, { description: 'a goal', priority: 'medium', repos: [], strict: true, metadata: {} })).id;

async function aTaskWith(goal: string, ...criteria: NewCriterion[]): Promise<string> {
  const { taskIds } = await breakDownGoal(agent, goal, [aSubtask({ criteria })]);
  return taskIds[0] as string;
}

const complete = (call: Call, taskId: string, meet?: CriterionRef[]) =>
  setTaskStatus(call, { taskId, status: 'completed', meet });

/** What became of a task, newest first. */
const linesOf = async (taskId: string) => (await getHistory(agent, { taskId }, { limit: 10 })).events.map(whatHappened);

describe('a strict goal', () => {
  it('completes a task once its criteria are met, and names those that are not', async () => {
    const goal = await aStrictGoal();
    const task = await aTaskWith(goal, { text: 'tests pass' }, { text: 'the docs say so' });
    await expect(complete(agent, task)).rejects.toThrow(
      `${task} is not completed, since ${goal} is strict and not all of its criteria are met: 1 "tests pass", 2 "the docs say so". To meet them, name those that are so in criteria_met.`,
    );
    await expect(complete(agent, task, [1])).rejects.toThrow('met: 2 "the docs say so"');
    expect((await getTask(agent, task)).criteria).toEqual([{ text: 'tests pass' }, { text: 'the docs say so' }]);
    await expect(complete(agent, task, [1, 3])).rejects.toThrow(
      `${task} was not changed: it has no criterion 3; it has 1 to 2, and get_task shows them.`,
    );
    // all of them by one call, which also claims the next
    const next = await aTaskWith(goal);
    const finished = await finishAndClaim(agent, {
      ...{ taskId: task, status: 'completed', meet: [1, 'the docs say so'], leaseSeconds: 60 },
    });
    expect(finished.task).toMatchObject({
      status: 'completed',
      criteria: [{ met_by: 'tester' }, { met_by: 'tester' }],
    });
    expect(finished.next?.id).toBe(next);
    expect(await linesOf(task)).toEqual([
      'status pending → completed, met criterion 1 "tests pass", met criterion 2 "the docs say so"',
      `created in ${goal} "a task"`,
    ]);
    await undo(agent, undefined);
    expect(await getTask(agent, task)).toMatchObject({ status: 'pending', criteria: [{ text: 'tests pass' }, {}] });
    expect((await getTask(agent, task)).criteria?.[0]).toEqual({ text: 'tests pass' });
  });

  it('refuses one of many, and completes the others', async () => {
    const goal = await aStrictGoal();
    const [open, met, plain] = [
      await aTaskWith(goal, { text: 'tests pass' }),
      await aTaskWith(goal, { text: 'tests pass' }),
      await aTaskWith(goal),
    ];
    const { changed, failed } = await setTaskStatuses(agent, [
      { taskId: open, status: 'completed' },
      { taskId: met, status: 'completed', meet: [1] },
      { taskId: plain, status: 'completed' },
    ]);
    expect(changed).toEqual([met, plain]);
    expect(failed).toEqual([{ taskId: open, error: expect.stringContaining('1 "tests pass"') }]);
    expect((await getGoal(agent, goal)).goal).toMatchObject({
      status: 'in_progress',
      strict: true,
      completed_tasks: 2,
    });
    // nor by hand, until the task will not be done
    await expect(updateGoal(agent, goal, { status: 'completed' })).rejects.toThrow(`${open}: 1 "tests pass"`);
    await setTaskStatus(agent, { taskId: open, status: 'cancelled' });
    expect((await getGoal(agent, goal)).goal.status).toBe('completed');
  });

  it('elsewhere an unmet criterion is told, and keeps nobody', async () => {
    const goal = await aGoal(agent);
    const task = await aTaskWith(goal, { text: 'tests pass' }, { text: 'approved', human: true });
    const { task: done, unmet } = await complete(agent, task, ['tests pass']);
    expect(done.status).toBe('completed');
    expect(unmet).toEqual([{ task_id: task, unmet: [{ place: 2, text: 'approved', human: true }] }]);
    expect((await getTask(agent, task)).criteria).toMatchObject([{ met_by: 'tester' }, { text: 'approved' }]);
  });

  it('a completion that meets a new criterion waits for it, or comes before it', async () => {
    const goal = await aStrictGoal();
    const outcomes = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const task = await aTaskWith(goal, { text: 'tests pass' });
      const [added, done] = await Promise.allSettled([
        updateTask(other, task, { edit: {}, criteria: { add: [{ text: 'the docs say so' }] } }),
        complete(agent, task, [1]),
      ]);
      expect(added.status).toBe('fulfilled');
      const { status, criteria = [] } = await getTask(agent, task);
      outcomes.add(status);
      expect(criteria).toHaveLength(2);
      expect(done.status).toBe(status === 'completed' ? 'fulfilled' : 'rejected');
      // whichever was first: the change of the criterion is never written over
      expect(criteria[1]).toEqual({ text: 'the docs say so' });
    }
    expect([...outcomes].every((each) => ['completed', 'pending'].includes(each))).toBe(true);
  });
});

describe('what only a person meets', () => {
  it('is met by no agent, in no way', async () => {
    const goal = await aStrictGoal();
    const task = await aTaskWith(goal, { text: 'tests pass' }, { text: 'approved', human: true });
    const change = (criteria: object) => updateTask(agent, task, { edit: {}, criteria });
    const onlyAPerson = `${task} was not changed: only a person meets, takes back or changes criterion 2 "approved"; a person does so on the board, or with goal-agent task meet ${task}.`;
    await expect(complete(agent, task, [1, 2])).rejects.toThrow(onlyAPerson);
    await expect(change({ meet: ['approved'] })).rejects.toThrow(onlyAPerson);
    await expect(change({ remove: [2] })).rejects.toThrow(onlyAPerson);
    await expect(change({ set: [{ text: 'tests pass' }] })).rejects.toThrow(onlyAPerson);
    await expect(change({ set: [{ text: 'approved', human: false }] })).rejects.toThrow(onlyAPerson);
    await expect(complete(agent, task, [1])).rejects.toThrow(
      `2 "approved" (only a person). To meet them, for what only a person may meet, a person does so`,
    );
    // nor by way of the goal
    const loose = await aGoal(agent);
    await expect(updateGoal(agent, goal, { strict: false })).rejects.toThrow('Only a person may take strict away');
    await expect(updateTask(agent, task, { edit: {}, goalId: loose })).rejects.toThrow(
      `${goal} is strict, ${loose} is not`,
    );
    const moved = await aTaskWith(loose, { text: 'approved', human: true });
    await updateTask(agent, moved, { edit: {}, goalId: goal });
    await expect(undo(agent, undefined)).rejects.toThrow(`${moved} would leave a strict goal`);
    // to list it anew, in another place, changes nothing of it
    await change({ set: [{ text: 'approved' }, { text: 'tests pass' }] });
    expect((await getTask(agent, task)).criteria).toEqual([{ text: 'approved', human: true }, { text: 'tests pass' }]);
    await updateTask(person, task, { edit: {}, criteria: { meet: [1] } });
    await expect(change({ unmeet: ['approved'] })).rejects.toThrow('only a person');
    await complete(agent, task, [2]);
    expect((await getTask(agent, task)).criteria).toMatchObject([{ met_by: 'ann' }, { met_by: 'tester' }]);
  });

  it('is taken back by a person, and an undo of it is a person’s', async () => {
    const goal = await aStrictGoal();
    const task = await aTaskWith(goal, { text: 'approved', human: true });
    await updateTask(person, task, { edit: {}, criteria: { meet: [1] } });
    await updateTask(person, task, { edit: {}, criteria: { unmeet: [1] } });
    const [, taken] = [...(await getHistory(agent, { taskId: task }, { limit: 2 })).events].reverse();
    expect((await linesOf(task)).slice(0, 2)).toEqual([
      'took back criterion 1 "approved"',
      'met criterion 1 "approved"',
    ]);
    await expect(undo(agent, taken?.seq)).rejects.toThrow('only a person');
    expect((await getTask(agent, task)).criteria).toEqual([{ text: 'approved', human: true }]);
    await undo(person, taken?.seq);
    expect((await getTask(agent, task)).criteria).toMatchObject([{ met_by: 'ann' }]);
    await updateGoal(person, goal, { strict: false });
    await updateGoal(person, goal, { strict: true });
    const [strict] = (await getHistory(agent, { goalId: goal }, { limit: 1 })).events;
    expect(strict && whatHappened(strict)).toBe('strict false → true');
    await expect(undo(agent, strict?.seq)).rejects.toThrow('only a person takes strict away');
  });
});

it('a claim hands the criteria over, lists count them, and a search finds them', async () => {
  const goal = await aGoal(agent);
  const task = await aTaskWith(goal, { text: 'the zebra is striped' }, { text: 'approved', human: true });
  await updateTask(agent, task, { edit: { repo: 'web' }, criteria: { meet: [1] } });
  await updateTask(agent, task, { edit: { repo: 'api' } });
  const [claimed] = await claimTasks(agent, { limit: 1, leaseSeconds: 60 });
  expect(claimed).toMatchObject({
    criteria_met: '1/2',
    handOver: {
      criteria: [
        { text: 'the zebra is striped', met_by: 'tester' },
        { text: 'approved', human: true },
      ],
    },
  });
  expect((await getGoal(agent, goal)).tasks).toMatchObject([{ criteria_met: '1/2' }]);
  const found = async (query: string) => (await search(agent, { query, limit: 5 })).found.map(({ id }) => id);
  expect(await found('zebra')).toEqual([task]);
  expect(await found('api')).toEqual([task]);
  expect(await found('web')).toEqual([]);
  await updateTask(agent, task, { edit: {}, criteria: { remove: [1] } });
  expect(await found('zebra')).toEqual([]);
  expect((await linesOf(task))[0]).toBe('removed criterion 1 "the zebra is striped"');
});
