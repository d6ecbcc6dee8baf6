import type pg from 'pg';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/domain/limits.ts';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import { getBriefing } from '../../src/service/briefing.ts';
import type { Call } from '../../src/service/call.ts';
import { claimTasks } from '../../src/service/claims.ts';
import { deleteGoal } from '../../src/service/delete-goal.ts';
import { createGoal, findOneGoal, getGoal, updateGoal } from '../../src/service/goals.ts';
import { listGoals } from '../../src/service/list-goals.ts';
import { generatePlan } from '../../src/service/plans.ts';
import { setTaskStatus, setTaskStatuses } from '../../src/service/set-task-statuses.ts';
import { deleteTask, listReady } from '../../src/service/tasks.ts';
import { undo } from '../../src/service/undo.ts';
import { updateTask } from '../../src/service/update-task.ts';
import { briefingText } from '../../src/tools/answers/briefing-text.ts';
import { aGoal, aSubtask, aTask, someTasks } from '../support/builders.ts';
import { callsOf } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';

const rounds = 30;

let calls: [Call, Call];
let call: Call;
let sql: pg.Client;

beforeAll(async () => {
  ({ calls, sql } = await callsOf('tester', 'other'));
  [call] = calls;
});

afterEach(async () => {
  expect(await brokenInvariants(sql)).toEqual({});
  await sql.query('truncate goals, tasks, task_dependencies, notes, operations, events cascade');
});

const under = async (parent: string, description = 'a sub-goal') =>
  (await createGoal(call, { description, priority: 'medium', repos: [], metadata: {}, parent_goal_id: parent })).id;
const moveUnder = (by: Call, goal: string, parent: string | null) => updateGoal(by, goal, { parent_goal_id: parent });
const complete = (taskId: string, by = call) => setTaskStatus(by, { taskId, status: 'completed' });
const statusOf = async (goal: string) => (await findOneGoal(call, goal)).status;
const isReady = async (task: string) =>
  (
    await sql.query(
      "select status = 'pending' and open_dependencies = 0 and not parked as ready from tasks where id = $1",
      [task],
    )
  ).rows[0]?.ready;

/** A goal with a sub-goal that has one, and a task of the lowest. */
async function aTree() {
  const top = await aGoal(call, 'the whole');
  const middle = await under(top, 'the middle');
  const low = await under(middle, 'the part');
  return { top, middle, low, task: await aTask(call, low) };
}

describe('a goal under itself', () => {
  it('is refused with the way from the goal to itself', async () => {
    const { top, middle, low } = await aTree();
    await expect(moveUnder(call, top, low)).rejects.toMatchObject({
      code: 'invalid',
      message: `${top} was not changed: it would be a part of itself: ${top} → ${low} → ${middle} → ${top}. Move one of these goals out first, or choose another parent.`,
    });
    await expect(moveUnder(call, top, top)).rejects.toMatchObject({ code: 'invalid' });
    await expect(moveUnder(call, top, 'GOAL-9999')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is refused to one of two who move two goals under each other at the same moment', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [a, b] = [await aGoal(call), await aGoal(call)];
      const outcomes = await Promise.allSettled([moveUnder(calls[0], a, b), moveUnder(calls[1], b, a)]);
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    }
  });

  it('is refused to an undo', async () => {
    const [a, b] = [await aGoal(call), await aGoal(call)];
    await moveUnder(call, a, b);
    await moveUnder(call, a, null);
    const { rows } = await sql.query('select max(seq)::int as seq from events');
    await moveUnder(call, b, a);
    await expect(undo(calls[1], rows[0].seq)).rejects.toMatchObject({
      code: 'conflict',
      message: /would be a part of itself/,
    });
  });

  it('is no more than eight levels deep', async () => {
    let goal = await aGoal(call);
    for (let level = 2; level <= limits.goalLevels; level += 1) goal = await under(goal);
    await expect(under(goal)).rejects.toMatchObject({ code: 'invalid', message: /at most 8 levels/ });
    const { top } = await aTree();
    await expect(moveUnder(call, top, goal)).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('progress', () => {
  it('is counted of a goal alone, and of all that is below it', async () => {
    const { top, middle, low, task } = await aTree();
    await aTask(call, top);
    await complete(task);
    const { goal, kin } = await getGoal(call, top);
    expect(goal).toMatchObject({ total_tasks: 1, completed_tasks: 0, sub_goals: { total: 1, completed: 1 } });
    expect(kin).toMatchObject({ above: [], whole: { goals: 2, total: 2, completed: 1 } });
    expect(kin?.subGoals).toMatchObject([{ id: middle, total: 1, completed: 1, goals: 1 }]);
    expect((await getGoal(call, low)).kin?.above.map(({ id }) => id)).toEqual([middle, top]);
    const { goals } = await listGoals(call, { parent_goal_id: top }, { limit: 10 });
    expect(goals).toMatchObject([{ id: middle, parent_goal_id: top, whole: { total: 1, completed: 1 } }]);
  });
});

describe('a parent', () => {
  it('is completed with the last task below it, in the same operation, and opened again with it', async () => {
    const { top, middle, low, task } = await aTree();
    const { completedGoals } = await complete(task);
    expect(completedGoals).toEqual([low, middle, top]);
    const { reopenedGoals } = await setTaskStatus(call, { taskId: task, status: 'pending' });
    expect(reopenedGoals).toEqual([low, middle, top]);
    expect(await isReady(task)).toBe(true);
    await complete(task);
    await undo(call, undefined);
    expect(await Promise.all([low, middle, top].map(statusOf))).toEqual(['in_progress', 'in_progress', 'in_progress']);
  });

  it('is not completed with its own last task while a sub-goal is open', async () => {
    const { top, low, task } = await aTree();
    const own = await aTask(call, top);
    expect((await complete(own)).completedGoals).toEqual([]);
    await updateGoal(call, low, { status: 'cancelled' });
    expect(await statusOf(top)).toBe('completed');
    expect(await isReady(task)).toBe(false);
  });

  it('is completed when its last open sub-goal is deleted, moved or emptied, if another is closed', async () => {
    const { top, middle, task } = await aTree();
    await complete(task);
    const other = await under(top);
    expect(await statusOf(top)).toBe('in_progress');
    await deleteGoal(call, other);
    expect(await statusOf(top)).toBe('completed');
    const third = await under(top);
    const elsewhere = await aGoal(call);
    await moveUnder(call, third, elsewhere);
    expect(await Promise.all([top, middle, elsewhere].map(statusOf))).toEqual([
      'completed',
      'completed',
      'in_progress',
    ]);
    const [done, open] = [await aTask(call, third), await aTask(call, third)];
    await complete(done);
    await deleteTask(call, open);
    expect(await statusOf(elsewhere)).toBe('completed');
  });

  it('that is closed by hand keeps its sub-goals, and nothing below it is ready meanwhile', async () => {
    const { top, low, task } = await aTree();
    await updateGoal(call, top, { status: 'completed' });
    expect([await statusOf(low), await isReady(task)]).toEqual(['in_progress', false]);
    await updateGoal(call, top, { status: 'in_progress' });
    expect(await isReady(task)).toBe(true);
    await updateGoal(call, top, { status: 'completed' });
    const { reopenedGoals } = await setTaskStatus(call, { taskId: task, status: 'in_progress' });
    expect(reopenedGoals).toEqual([top]);
    await updateGoal(call, top, { status: 'completed' });
    const { taskIds } = await breakDownGoal(call, low, [aSubtask()]);
    expect([await statusOf(top), await isReady(taskIds[0] as string)]).toEqual(['in_progress', true]);
  });

  it('that is cancelled takes nothing below it', async () => {
    const { top, middle, low, task } = await aTree();
    const other = await aGoal(call);
    await updateGoal(call, top, { status: 'cancelled' });
    expect(await isReady(task)).toBe(false);
    const refused = { code: 'conflict', message: new RegExp(`is under ${top}, which is cancelled`) };
    await expect(breakDownGoal(call, low, [aSubtask()])).rejects.toMatchObject(refused);
    await expect(under(middle)).rejects.toMatchObject(refused);
    await expect(updateTask(call, await aTask(call, other), { edit: {}, goalId: low })).rejects.toMatchObject(refused);
    await moveUnder(call, middle, null);
    expect(await isReady(task)).toBe(true);
  });

  it('is completed once by many who complete the last tasks of its sub-goals at the same moment', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const top = await aGoal(call);
      const parts = [await under(top), await under(top), top];
      const tasks = await Promise.all(parts.map((part) => aTask(call, part)));
      const more = await aTask(call, parts[0] as string);
      const outcomes = await Promise.all([
        setTaskStatuses(
          calls[0],
          [tasks[0], tasks[2]].map((taskId) => ({ taskId: taskId as string, status: 'completed' })),
        ),
        complete(more, calls[1]),
        complete(tasks[1] as string, calls[1]),
      ]);
      expect(outcomes.flatMap(({ completedGoals }) => completedGoals).filter((id) => id === top)).toHaveLength(1);
      expect(await statusOf(top)).toBe('completed');
      const { rows } = await sql.query(`
        select count(*)::int as wrong
        from events e
        join events l on l.workspace_id = e.workspace_id and l.goal_id = e.goal_id and l.task_id is null and e.task_id is null and l.seq > e.seq
        where l.operation < e.operation`);
      expect(rows[0].wrong).toBe(0);
    }
  });
});

describe('the work of a parent', () => {
  it('is the work of all goals below it: what is next, what is claimed, and the plan', async () => {
    const { top, middle, low, task } = await aTree();
    const own = await aTask(call, top, [task]);
    const [urgent = ''] = (
      await breakDownGoal(call, middle, [aSubtask({ description: 'urgent', priority: 'high', labels: ['x'] })])
    ).taskIds;
    const aside = await under(top);
    await aTask(call, aside);
    await updateGoal(call, aside, { status: 'cancelled' });
    const beside = await aTask(call, await aGoal(call));
    const next = await listReady(call, { goalId: top, limit: 10 });
    expect([next.tasks.map(({ id }) => id), next.total]).toEqual([[urgent, task], 2]);
    const { plan, tasks } = await generatePlan(call, top);
    expect(plan.phases.map(({ taskIds }) => taskIds)).toEqual([[urgent, task], [own]]);
    expect(tasks.get(task)?.goal_id).toBe(low);
    const claims = { leaseSeconds: 600, limit: 1 };
    const claim = async (more: object) =>
      (await claimTasks(call, { ...claims, goalId: top, ...more })).map(({ id }) => id);
    expect(await claim({ labels: ['y'] })).toEqual([]);
    expect(await claim({ labels: ['x'] })).toEqual([urgent]);
    expect(await claim({})).toEqual([task]);
    expect(await claim({})).toEqual([]);
    expect((await claimTasks(call, { ...claims })).map(({ id }) => id)).toEqual([beside]);
    const { current, wholes, goals } = await getBriefing(call, { goalId: top });
    expect(current.map(({ id }) => id).toSorted()).toEqual([task, urgent].toSorted());
    expect([goals.map(({ id }) => id), wholes.get(middle)]).toEqual([[middle], { goals: 1, total: 2, completed: 0 }]);
  });

  it('is claimed by many at once, each task once', async () => {
    const top = await aGoal(call);
    for (let part = 0; part < 3; part += 1) await someTasks(call, await under(top), 10);
    const claim = (by: Call) => claimTasks(by, { goalId: top, limit: 3, leaseSeconds: 600 });
    const claimed = await Promise.all(Array.from({ length: 10 }, (_, n) => claim(calls[n % 2] as Call)));
    const ids = claimed.flatMap((tasks) => tasks.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    let more = await claim(call);
    for (; more.length > 0; more = await claim(call)) ids.push(...more.map(({ id }) => id));
    expect([ids.length, new Set(ids).size]).toEqual([30, 30]);
  });

  it('is told of in the briefing of all goals once, a sub-goal under its parent', async () => {
    const { top, middle, low } = await aTree();
    const { text } = briefingText(await getBriefing(call, {}), 5_000);
    expect(text).toContain(`- ${top} 0/1 "the whole"\n  - ${middle} 0/1 "the middle"\n    - ${low} 0/1 "the part"`);
  });
});

describe('deleting a goal', () => {
  it('takes all that is below it along, and one undo brings all of it back', async () => {
    const { top, middle, low, task } = await aTree();
    const beside = await aGoal(call);
    const waiting = await aTask(call, beside, [task]);
    const { taskIds, subGoalIds } = await deleteGoal(call, top);
    expect([taskIds, subGoalIds.toSorted()]).toEqual([[task], [middle, low]]);
    expect(await isReady(waiting)).toBe(true);
    await undo(call, undefined);
    expect((await getGoal(call, top)).kin?.whole).toEqual({ goals: 2, total: 1, completed: 0 });
    expect([await isReady(task), await isReady(waiting)]).toEqual([true, false]);
  });

  it('keeps an undo from taking away a goal that got sub-goals since', async () => {
    const parent = await aGoal(call);
    const { rows } = await sql.query('select max(seq)::int as seq from events');
    const child = await aGoal(calls[1]);
    await moveUnder(calls[1], child, parent);
    await expect(undo(call, rows[0].seq)).rejects.toMatchObject({ code: 'conflict', message: new RegExp(child) });
  });
});
