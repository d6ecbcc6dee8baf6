import { beforeEach, describe, expect, it } from 'vitest';
import { listGoalsForBoard } from '../../../src/service/board.ts';
import type { PoolCall } from '../../../src/service/call.ts';
import { findOneGoal, updateGoal } from '../../../src/service/goals.ts';
import { listGoals } from '../../../src/service/list-goals.ts';
import { readChanges } from '../../../src/service/read-changes.ts';
import { getTemplate } from '../../../src/service/templates/templates.ts';
import { undo } from '../../../src/service/undo.ts';
import { whyNotUndoAll } from '../../../src/service/why-not-undo.ts';
import { applyTemplate } from '../../../src/tools/apply-template.ts';
import { breakDownGoal } from '../../../src/tools/break-down-goal.ts';
import { claimTasks } from '../../../src/tools/claim-tasks.ts';
import { createGoal } from '../../../src/tools/create-goal.ts';
import { deleteTemplate } from '../../../src/tools/delete-template.ts';
import { getHistory } from '../../../src/tools/get-history.ts';
import { getNextTasks } from '../../../src/tools/get-next-tasks.ts';
import { listTemplates } from '../../../src/tools/list-templates.ts';
import { recurTemplate } from '../../../src/tools/recur-template.ts';
import { saveTemplate } from '../../../src/tools/save-template.ts';
import { updateTaskStatus } from '../../../src/tools/update-task-status.ts';
import { aGoal } from '../../support/builders.ts';
import { callsOf } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { activity, ask, untilStill } from '../waits/support.ts';

const { calls, sql } = await callsOf('ann', 'bob');
const [ann, bob] = calls;
const patient = { timeout: 20_000, interval: 20 };

const template = {
  description: 'Report of {{date}} for {{team}}',
  priority: 'high',
  tasks: [
    { description: 'Collect the figures of {{team}}', key: 'collect', labels: ['report'] },
    { description: 'Write it', dependencies: ['collect'], due_at: '2d' },
  ],
};
interface Applied {
  goal_id: string;
  created: number;
  first_task_id: string;
}
const save = (call: PoolCall, args: Record<string, unknown> = {}) =>
  ask<{ parameters: string[]; tasks: number }>(saveTemplate, call, { name: 'report', template, ...args });
const apply = (call: PoolCall, args: Record<string, unknown> = {}) =>
  ask<Applied>(applyTemplate, call, { name: 'report', parameters: { team: 'api' }, ...args });
const recur = (call: PoolCall, args: Record<string, unknown> = {}) =>
  ask<{ recurrence: { next_at: string } | null }>(recurTemplate, call, {
    ...{ name: 'report', rule: '0 9 * * MON', time_zone: 'Europe/Berlin', parameters: { team: 'api' }, ...args },
  });
const due = (since: string) =>
  sql.query(`update templates set next_at = now() - $1::interval, starts_at = now() - $1::interval`, [since]);
const goals = async (call: PoolCall = ann) =>
  (await listGoals(call, {}, { limit: 10 })).goals.map(({ description }) => description);
/** Without a look. */
const made = async () => (await sql.query('select count(*)::int4 as count from goals')).rows[0].count;
const named = async (name = 'report') =>
  (await ask<{ templates: { body: object }[] }>(listTemplates, ann, { name })).templates[0];

beforeEach(() => sql.query('truncate goals, operations, events, templates cascade'));

describe('a template', () => {
  it('makes a goal with its tasks, as one operation', async () => {
    expect(await save(ann)).toEqual({ name: 'report', tasks: 2, parameters: ['date', 'team'] });
    const { goal_id, created, first_task_id } = await apply(bob);
    const today = new Date().toISOString().slice(0, 10);
    expect(await goals()).toEqual([`Report of ${today} for api`]);
    expect(created).toBe(2);
    const { rows } = await sql.query(
      'select description, status, labels, open_dependencies from tasks order by number',
    );
    expect(rows).toMatchObject([
      { description: 'Collect the figures of api', status: 'pending', labels: ['report'], open_dependencies: 0 },
      { description: 'Write it', open_dependencies: 1 },
    ]);
    const ready = await ask<{ tasks: { id: string }[] }>(getNextTasks, ann, {});
    expect(ready.tasks.map(({ id }) => id)).toEqual([first_task_id]);
    const undone = await undo(bob, undefined);
    expect([undone.rows, await goals()]).toEqual([3, []]);
    await undo(bob, undone.operation);
    expect((await listGoals(ann, {}, { limit: 10 })).goals).toMatchObject([{ id: goal_id, status: 'in_progress' }]);
  });

  it('makes its goal under another one, which opens again; undone, that is as it was', async () => {
    const parent = await aGoal(ann);
    const inParent = async () => (await findOneGoal(ann, parent)) as object;
    await updateGoal(ann, parent, { status: 'completed' });
    await save(ann);
    const { goal_id } = await apply(ann, { parent_goal_id: parent });
    expect(await findOneGoal(ann, goal_id)).toMatchObject({ parent_goal_id: parent });
    expect(await inParent()).toMatchObject({ status: 'in_progress', sub_goals: { total: 1, completed: 0 } });
    expect(await brokenInvariants(sql)).toEqual({});
    await undo(ann, undefined);
    expect(await inParent()).toMatchObject({ status: 'completed' });
    expect(await brokenInvariants(sql)).toEqual({});
    await updateGoal(ann, parent, { status: 'cancelled' });
    await expect(apply(ann, { parent_goal_id: parent })).rejects.toMatchObject({ code: 'conflict' });
    await expect(apply(ann, { parent_goal_id: 'GOAL-9999' })).rejects.toMatchObject({ code: 'not_found' });
    expect(await made()).toBe(1);
  });

  it('makes one goal for each request', async () => {
    await save(ann);
    const first = await apply(ann, { request_id: 'one' });
    expect(await apply(ann, { request_id: 'one' })).toEqual(first);
    expect(await made()).toBe(1);
    await expect(apply(ann, { parameters: { tam: 'api' } })).rejects.toThrow('needs team and has no parameter tam');
    await expect(apply(ann, { name: 'nothing' })).rejects.toThrow('There is no template nothing.');
    expect(await made()).toBe(1);
  });

  it('is kept of a goal', async () => {
    const { id } = await ask<{ id: string }>(createGoal, ann, { description: 'Release 3.1', repos: ['api'] });
    const subtasks = [
      {
        description: 'Tag 3.1',
        key: 'tag',
        estimated_effort: '1h',
        jira_ticket: 'OPS-1',
        criteria: ['human: 3.1 reads well'],
      },
      { description: 'given up', key: 'gone' },
      { description: 'Announce 3.1', dependencies: ['tag', 'gone'], due_at: '2d' },
    ];
    const { first_task_id } = await ask<Applied>(breakDownGoal, ann, { goal_id: id, subtasks });
    await ask(updateTaskStatus, ann, { task_id: first_task_id, status: 'completed' });
    const gone = first_task_id.replace(/\d+$/, (number) => String(Number(number) + 1));
    await ask(updateTaskStatus, ann, { task_id: gone, status: 'cancelled' });
    await save(ann, { name: 'release', template: undefined, goal_id: id, parameters: { version: '3.1' } });
    expect(await named('release')).toMatchObject({
      parameters: ['version'],
      body: {
        ...{ description: 'Release {{version}}', priority: 'medium', repos: ['api'] },
        tasks: [
          {
            description: 'Tag {{version}}',
            type: 'general',
            priority: 'medium',
            estimated_effort: '1h',
            criteria: [{ text: '{{version}} reads well', human: true }],
          },
          { description: 'Announce {{version}}', type: 'general', priority: 'medium', dependencies: ['#1'] },
        ],
      },
    });
    await apply(ann, { name: 'release', parameters: { version: '3.2' } });
    expect((await goals())[0]).toBe('Release 3.2');
    await expect(save(ann, { goal_id: id })).rejects.toThrow('save_template: give goal_id, with parameters');
  });

  it('is saved, changed and deleted in the history, and comes back by undo', async () => {
    const { position } = await readChanges(ann.store);
    await save(ann);
    await save(ann);
    await save(ann, { template: { ...template, description: 'Another report for {{team}}' } });
    await recur(ann);
    await ask(deleteTemplate, ann, { name: 'report' });
    const lines = async () =>
      (await ask<{ events: { line: string }[] }>(getHistory, ann, {})).events.map(({ line }) =>
        line.replace(/^\S+ /, ''),
      );
    expect(await lines()).toEqual(['ann template deleted "report"', ...Array(3).fill('ann template saved "report"')]);
    const { changes } = await readChanges(ann.store, { since: position });
    expect(changes.map(({ type, id, goal_ids }) => [type, id, goal_ids.length])).toEqual([
      ...Array(3).fill(['template.saved', 'report', 0]),
      ['template.deleted', 'report', 0],
    ]);
    await undo(ann, undefined);
    const { recurrence, body } = await getTemplate(ann, 'report');
    expect(recurrence).toMatchObject({ rule: '0 9 * * MON', parameters: { team: 'api' } });
    expect(Date.parse(recurrence?.nextAt ?? '')).toBeGreaterThan(Date.now());
    expect(body.description).toBe('Another report for {{team}}');
    await undo(ann, undefined);
    expect((await getTemplate(ann, 'report')).recurrence).toBeNull();
    await undo(ann, undefined);
    expect((await getTemplate(ann, 'report')).body.description).toBe(template.description);
    const last = (await undo(ann, undefined)).operation;
    await expect(getTemplate(ann, 'report')).rejects.toThrow('no template report');
    await save(bob, { template: { ...template, description: 'of bob, {{team}}' } });
    await expect(undo(ann, last)).rejects.toThrow('the template report has changed since');
    expect(await whyNotUndoAll(ann, [last])).toContain('the template report has changed since');
  });

  it('that would not fit its recurrence any more is not saved', async () => {
    await save(ann);
    await recur(ann);
    const other = { description: 'for {{everybody}}', tasks: [{ description: 'x' }] };
    await expect(save(ann, { template: other })).rejects.toThrow('needs everybody and has no parameter team');
    await expect(recur(ann, { parameters: {} })).rejects.toThrow('needs team');
    await expect(recur(ann, { rule: 'weekly' })).rejects.toThrow('neither cron');
    await expect(recur(ann, { time_zone: 'Berlin' })).rejects.toThrow('no time zone');
    expect((await recur(ann, { rule: null })).recurrence).toBeNull();
    await save(ann, { template: other });
  });
});

describe('a goal that comes back', () => {
  const looks: [string, (call: PoolCall) => Promise<unknown>][] = [
    ['list_goals', (call) => goals(call)],
    ['get_next_tasks', (call) => ask(getNextTasks, call, {})],
    ['claim_tasks', (call) => ask(claimTasks, call, {})],
    ['the board', (call) => listGoalsForBoard(call, {})],
  ];

  it.each(looks)('is made by whoever looks first, once after a pause: %s', async (_name, look) => {
    await save(ann);
    const { recurrence } = await recur(ann);
    await look(ann);
    expect(await made()).toBe(0);
    await due('100 days');
    await look(bob);
    expect(await made()).toBe(1);
    expect((await getTemplate(ann, 'report')).recurrence).toMatchObject({
      ...{ nextAt: recurrence?.next_at, lastGoalId: expect.stringMatching(/^GOAL-/) },
    });
    await look(ann);
    expect(await made()).toBe(1);
    const { rows } = await sql.query(
      `select distinct actor from operations where seq in (select operation from events where action = 'created')`,
    );
    expect(rows).toEqual([{ actor: 'goal-agent' }]);
  });

  it('is one, however many look at once', async () => {
    await save(ann);
    await recur(ann);
    for (let round = 1; round <= 5; round += 1) {
      await due('1 minute');
      await Promise.all(Array.from({ length: 8 }, (_, n) => goals(n % 2 === 0 ? ann : bob)));
      expect(await made()).toBe(round);
    }
  });

  it('has the day on which it was due, or after a longer pause that on which it is made', async () => {
    await save(ann);
    await recur(ann, { rule: '0 12 * * *', time_zone: 'UTC' });
    await sql.query(
      `update templates set next_at = date_trunc('day', now()) - interval '12 hours', starts_at = now() - interval '9 days'`,
    );
    const dayAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
    const [first] = await goals();
    // the noon of today may be over
    expect([dayAgo(0), dayAgo(1)]).toContain(first?.slice(10, 20));
    await due('40 days');
    expect((await goals())[0]).toBe(`Report of ${dayAgo(0)} for api`);
  });

  it('wakes who waits for a task', async () => {
    await save(ann);
    await recur(ann);
    const waiting = ask<{ tasks: { description: string }[] }>(claimTasks, bob, { wait_seconds: 60 });
    await untilStill(sql, 1);
    await due('0 seconds');
    await ask(getNextTasks, ann, {});
    expect((await waiting).tasks).toMatchObject([{ description: 'Collect the figures of api' }]);
    await sql.query(`update templates set next_at = now() + interval '1 second'`);
    const alone = ask<{ tasks: { description: string }[] }>(claimTasks, ann, { wait_seconds: 60 });
    expect((await alone).tasks).toMatchObject([{ description: 'Collect the figures of api' }]);
    await expect.poll(async () => (await activity(sql)).listening, patient).toBe(0);
  });

  it('goes by undo and does not come again before its time', async () => {
    await save(ann);
    await recur(ann);
    await due('1 hour');
    await goals();
    const { rows } = await sql.query(`select min(seq)::int4 as seq from events where action = 'created'`);
    await undo(ann, rows[0].seq);
    expect(await goals()).toEqual([]);
  });

  it('comes no more once its rule has ended', async () => {
    await save(ann);
    await recur(ann, { rule: 'FREQ=DAILY;COUNT=1', starts_at: new Date(Date.now() + 3_600_000).toISOString() });
    await sql.query(`update templates set starts_at = now() - interval '1 day', next_at = now() - interval '1 day'`);
    expect(await goals()).toHaveLength(1);
    expect((await getTemplate(ann, 'report')).recurrence?.nextAt).toBeNull();
  });
});
