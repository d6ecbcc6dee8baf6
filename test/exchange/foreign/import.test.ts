import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { importForeign } from '../../../src/exchange/foreign/import-foreign.ts';
import { readSource } from '../../../src/exchange/foreign/read-source.ts';
import { type ToolName, toolNames } from '../../../src/exchange/foreign/tools.ts';
import { TimeZone } from '../../../src/legacy/local-time.ts';
import type { Call } from '../../../src/service/call.ts';
import { deleteGoal } from '../../../src/service/delete-goal.ts';
import { undo } from '../../../src/service/undo.ts';
import { aCall } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { planOf } from './support.ts';

async function imported(call: Call, tool: ToolName, text: string, more: { dryRun?: boolean } = {}) {
  const plan = await planOf(tool, text);
  const { kind, report } = await importForeign(call, {
    plan,
    source: 'a file',
    origin: `${tool} a file`,
    zone: new TimeZone('UTC'),
    ...more,
  });
  return { kind, report, told: report.changes.map(({ kind: change, id, message }) => `${id} ${change}: ${message}`) };
}

/** The file in the folder of fixtures, where the folder is no project. */
const inFixture: Partial<Record<ToolName, string>> = {
  beads: 'issues.jsonl',
  shrimp: 'tasks.json',
  taskwarrior: 'tasks.json',
};

const beads = await readFile('test/fixtures/beads/issues.jsonl', 'utf8');

const issue = (id: string, more: object = {}) => JSON.stringify({ id, title: `Issue ${id}`, ...more });
const waits = (id: string, ...on: string[]) => ({
  dependencies: on.map((each) => ({ issue_id: id, depends_on_id: each, type: 'blocks' })),
});

describe("importing another tool's plan", () => {
  it('writes goals, tasks, notes and history, and a second time nothing', async () => {
    const { call, sql } = await aCall();
    const count = async () =>
      (
        await sql.query(
          'select (select count(*) from tasks) t, (select count(*) from notes) n, (select count(*) from events) e',
        )
      ).rows[0];
    const dry = await imported(call, 'beads', beads, { dryRun: true });
    expect(await count()).toEqual({ t: '0', n: '0', e: '0' });
    const { kind, report, told } = await imported(call, 'beads', beads);
    expect(report).toEqual(dry.report);
    expect(kind).toBe('imported');
    expect(report).toMatchObject({
      found: { goals: 2, tasks: 5, dependencies: 6 },
      imported: { goals: 2, tasks: 5, dependencies: 5 },
      ids: {
        goals: { 'demo-a1': 'GOAL-0001', '(no epic)': 'GOAL-0002' },
        tasks: { 'demo-a1.1': 'TASK-0001', 'demo-c3': 'TASK-0005' },
      },
    });
    expect(told).toEqual([
      'line 7 left_out: it is a memory of Beads, not an issue',
      'TASK-0004 missing_dependency: it depended on external:site:launch, which is not there',
    ]);
    const later = await sql.query(
      `select id, status, due_at, defer_until from tasks where id in ('TASK-0002', 'TASK-0004') order by id`,
    );
    expect(later.rows).toEqual([
      { id: 'TASK-0002', status: 'in_progress', due_at: new Date('2026-12-24T00:00:00Z'), defer_until: null },
      { id: 'TASK-0004', status: 'deferred', due_at: null, defer_until: new Date('2027-01-10T08:00:00Z') },
    ]);
    expect(await brokenInvariants(sql)).toEqual({});
    const { rows } = await sql.query(
      `select id, status, created_at, completed_at, estimated_effort, jira_ticket from tasks where id in ('TASK-0001', 'TASK-0005') order by id`,
    );
    expect(rows).toMatchObject([
      {
        status: 'completed',
        created_at: new Date('2026-11-20T09:05:00Z'),
        completed_at: new Date('2026-11-21T10:00:00Z'),
        estimated_effort: '4h',
      },
      { jira_ticket: 'gh-9', completed_at: null },
    ]);
    const notes = await sql.query(`select actor, text from notes where task_id = 'TASK-0001' order by id`);
    expect(notes.rows).toEqual([
      { actor: call.actor, text: 'Ann asked two of them.' },
      { actor: 'bob', text: 'Mind the refresh tokens.' },
      { actor: call.actor, text: 'Closed: Example ID it is' },
      { actor: call.actor, text: 'Imported from demo-a1.1, with\npriority: P0\nassignee: codex-1' },
    ]);
    const before = await count();
    const again = await imported(call, 'beads', beads);
    expect(again.kind).toBe('nothing_new');
    expect(again.told).toContain('TASK-0005 already_there: it is demo-c3, which was imported before');
    expect(await count()).toEqual(before);

    await undo(call, undefined);
    expect(await count()).toMatchObject({ t: '0', n: '0' });
    expect(await brokenInvariants(sql)).toEqual({});
    // what is gone is imported again
    expect((await imported(call, 'beads', beads)).report.imported).toEqual({ goals: 2, tasks: 5, dependencies: 5 });
    await deleteGoal(call, 'GOAL-0004');
    expect((await imported(call, 'beads', beads)).report.imported).toEqual({ goals: 1, tasks: 2, dependencies: 2 });
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('keeps every rule of the store with what each tool wrote', async () => {
    const { call, sql } = await aCall();
    let total = 0;
    for (const tool of toolNames) {
      const found = await readSource(tool, path.join('test/fixtures', tool, inFixture[tool] ?? '.'));
      const { kind, report } = await importForeign(call, found);
      expect([tool, kind]).toEqual([tool, 'imported']);
      expect((await importForeign(call, found)).kind).toBe('nothing_new');
      total += report.imported.tasks;
    }
    expect((await sql.query('select count(*)::int from tasks')).rows).toEqual([{ count: total }]);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('adds only what is new in a file that grew', async () => {
    const { call, sql } = await aCall();
    const [a, b] = [
      issue('x-1', { status: 'closed', closed_at: '2026-01-01T00:00:00Z' }),
      issue('x-2', { status: 'closed' }),
    ];
    await imported(call, 'beads', `${a}\n${b}`);
    const goals = async () => (await sql.query('select id, status, open_tasks from goals order by id')).rows;
    expect(await goals()).toEqual([{ id: 'GOAL-0001', status: 'completed', open_tasks: 0 }]);
    const grown = [
      issue('x-1'),
      issue('x-2', waits('x-2', 'x-4')),
      issue('x-3', waits('x-3', 'x-1', 'x-4')),
      issue('x-4'),
    ];
    const { report, told } = await imported(call, 'beads', grown.join('\n'));
    expect(report.ids).toEqual({ goals: {}, tasks: { 'x-3': 'TASK-0003', 'x-4': 'TASK-0004' } });
    expect(told).toEqual([
      'GOAL-0001 already_there: it is (no epic), which was imported before',
      'TASK-0001 already_there: it is x-1, which was imported before; it is completed here and pending in the file',
      'TASK-0002 already_there: it is x-2, which was imported before; it is completed here and pending in the file',
      'TASK-0002 already_there: it does not wait for TASK-0004, which is new; a dependency may be added',
    ]);
    expect(await goals()).toEqual([{ id: 'GOAL-0001', status: 'in_progress', open_tasks: 2 }]);
    const { rows } = await sql.query('select id, open_dependencies, parked from tasks order by id');
    expect(rows.slice(2)).toEqual([
      { id: 'TASK-0003', open_dependencies: 1, parked: false },
      { id: 'TASK-0004', open_dependencies: 0, parked: false },
    ]);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('gives a task the status that it has now', async () => {
    const { call, sql } = await aCall();
    const task = (uuid: string, more: object) => ({ uuid, description: uuid, status: 'pending', ...more });
    const plan = [
      task('deleted', { status: 'deleted', end: '20260101T000000Z' }),
      task('waits for nobody', { depends: ['deleted'], due: '20260101T000000Z' }),
      task('later', { status: 'waiting', wait: '99981231T000000Z' }),
      task('no longer', { status: 'waiting', wait: '20200101T000000Z' }),
      task('someday', { wait: 'someday' }),
    ];
    await imported(call, 'taskwarrior', JSON.stringify(plan));
    const { rows } = await sql.query(
      'select description, status, waived, open_dependencies as open, defer_until is null as free from tasks order by number',
    );
    expect(rows).toEqual([
      { description: 'deleted', status: 'cancelled', waived: true, open: 0, free: true },
      { description: 'waits for nobody', status: 'pending', waived: false, open: 0, free: true },
      { description: 'later', status: 'deferred', waived: false, open: 0, free: false },
      { description: 'no longer', status: 'pending', waived: false, open: 0, free: true },
      { description: 'someday', status: 'deferred', waived: false, open: 0, free: true },
    ]);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('says what it does with cycles, two of one ID, long text, and what cannot be stored', async () => {
    const { call, sql } = await aCall();
    const text = [
      issue('x-1', waits('x-1', 'x-2')),
      issue('x-2', { ...waits('x-2', 'x-1', 'x-2'), created_at: 'yesterday', status: 'odd' }),
      issue('x-1', { title: 'Another x-1' }),
      issue('x-2', { ...waits('x-2', 'x-1', 'x-2'), created_at: 'yesterday', status: 'odd' }),
      issue('x-3', { description: `${'long '.repeat(2_500)}end`, labels: ['\0', 'l'.repeat(61)] }),
    ].join('\n');
    const { told } = await imported(call, 'beads', text);
    expect(told).toEqual([
      'TASK-0002 cycle: it depended on itself',
      'TASK-0002 timestamp: "yesterday" is no time',
      'TASK-0002 unknown_status: status was "odd"; it is now pending',
      'TASK-0002 cycle: its dependency on TASK-0001 closed the cycle TASK-0001 → TASK-0002 → TASK-0001',
      'TASK-0003 duplicate_id: its ID x-1 is that of another entry, which references mean',
      'TASK-0004 over_limit: the description had 12514 characters; what is over 10000 is in notes',
      'x-2 left_out: it is there twice, word for word',
    ]);
    const { rows } = await sql.query(`select text from notes where task_id = 'TASK-0004' order by id`);
    expect(rows[0].text).toMatch(/end$/);
    expect(rows[1].text).toContain(`label: ${'l'.repeat(61)}`);
    expect((await sql.query(`select label, ready from task_labels`)).rows).toEqual([{ label: '\ufffd', ready: true }]);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('keeps the first of two imports that run at once whole, and adds nothing twice', async () => {
    const { call, sql } = await aCall();
    const all = await Promise.all([imported(call, 'beads', beads), imported(call, 'beads', beads)]);
    expect(all.map(({ kind }) => kind).toSorted()).toEqual(['imported', 'nothing_new']);
    expect((await sql.query('select count(*)::int from tasks')).rows).toEqual([{ count: 5 }]);
    expect(await brokenInvariants(sql)).toEqual({});
  });
});
