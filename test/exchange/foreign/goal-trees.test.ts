import { describe, expect, it } from 'vitest';
import { exportChecklists } from '../../../src/cli/export-checklist.ts';
import { csvOf } from '../../../src/exchange/export/csv.ts';
import { jsonLinesOf } from '../../../src/exchange/export/jsonl.ts';
import { readPlan } from '../../../src/exchange/export/read-plan.ts';
import { importForeign } from '../../../src/exchange/foreign/import-foreign.ts';
import type { ToolName } from '../../../src/exchange/foreign/tools.ts';
import { describeReport } from '../../../src/legacy/describe-report.ts';
import type { Call } from '../../../src/service/call.ts';
import { updateGoal } from '../../../src/service/goals.ts';
import { setTaskStatus } from '../../../src/service/set-task-statuses.ts';
import { undo } from '../../../src/service/undo.ts';
import { aGoal, aTask } from '../../support/builders.ts';
import { aCall } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { planOf } from './support.ts';

async function imported(call: Call, tool: ToolName, text: string, more: { dryRun?: boolean } = {}) {
  const { kind, report } = await importForeign(call, {
    plan: await planOf(tool, text),
    source: 'a file',
    origin: 'a file',
    ...more,
  });
  return { kind, report, told: report.changes.map(({ kind: change, id, message }) => `${id} ${change}: ${message}`) };
}

/** Each goal with its status and its parent, by their descriptions. */
async function treeOf(call: Call): Promise<string[]> {
  const { goals } = await readPlan(call);
  const names = new Map(goals.map(({ id, description }) => [id, description]));
  return goals.map(
    ({ description, status, parent_goal_id: parent }) =>
      `${description} | ${status} | ${parent === null ? '' : names.get(parent)}`,
  );
}

async function aSubGoal(call: Call, parent: string, description: string): Promise<string> {
  const id = await aGoal(call, description);
  await updateGoal(call, id, { parent_goal_id: parent });
  return id;
}

/** A tree of all levels, in which goals come before their parents, and others are completed or cancelled. */
async function fill(call: Call): Promise<void> {
  const early = await aGoal(call, 'early under: none {#x}');
  const top = await aGoal(call, 'top');
  await updateGoal(call, early, { parent_goal_id: top });
  await aTask(call, early);
  let last = top;
  for (const level of [2, 3, 4, 5, 6, 7, 8]) last = await aSubGoal(call, last, `level ${level}`);
  await aTask(call, last);
  const done = await aSubGoal(call, top, 'done');
  const part = await aSubGoal(call, done, 'a part that is done');
  await setTaskStatus(call, { taskId: await aTask(call, part), status: 'completed' });
  const aside = await aSubGoal(call, top, 'cancelled');
  await aTask(call, await aSubGoal(call, aside, 'open below'));
  await updateGoal(call, aside, { status: 'cancelled' });
  await aGoal(call, 'alone');
}

const tree = [
  'early under: none {#x} | in_progress | top',
  'top | in_progress | ',
  'level 2 | in_progress | top',
  ...[3, 4, 5, 6, 7, 8].map((level) => `level ${level} | in_progress | level ${level - 1}`),
  'done | completed | top',
  'a part that is done | completed | done',
  'cancelled | cancelled | top',
  'open below | in_progress | cancelled',
  'alone | planned | ',
];

const header = 'goal_id,goal,goal_parent_id,goal_status,id,description,status\n';

describe('goals of goals', () => {
  it('go out as CSV and come back as the same tree, in an empty workspace and beside others, once', async () => {
    const [from, to, beside] = [await aCall(), await aCall(), await aCall()];
    await fill(from.call);
    expect(await treeOf(from.call)).toEqual(tree);
    const csv = csvOf(await readPlan(from.call));
    const { told } = await imported(to.call, 'csv', csv);
    expect(told).toEqual([]);
    expect(csvOf(await readPlan(to.call))).toBe(csv);
    await aGoal(beside.call, 'other');
    const dry = await imported(beside.call, 'csv', csv, { dryRun: true });
    expect(describeReport(dry.report, { dryRun: true })).toContain('GOAL-0002: it is new, GOAL-0001, under GOAL-0003');
    expect((await imported(beside.call, 'csv', csv)).report).toEqual(dry.report);
    expect(await treeOf(beside.call)).toEqual(['other | planned | ', ...tree]);
    for (const { call, sql } of [to, beside]) {
      expect(await brokenInvariants(sql)).toEqual({});
      const before = csvOf(await readPlan(call));
      expect((await imported(call, 'csv', csv)).kind).toBe('nothing_new');
      expect(csvOf(await readPlan(call))).toBe(before);
      const taken = await undo(call, undefined);
      expect((await readPlan(call)).tasks).toEqual([]);
      expect(await brokenInvariants(sql)).toEqual({});
      await undo(call, taken.operation);
      expect(csvOf(await readPlan(call)).split('\n').length).toBe(before.split('\n').length);
      expect(await treeOf(call)).toEqual(call === to.call ? tree : ['other | planned | ', ...tree]);
      expect(await brokenInvariants(sql)).toEqual({});
    }
  });

  it('come into the workspace that they are from a second time, beside themselves', async () => {
    const { call, sql } = await aCall();
    await fill(call);
    const csv = csvOf(await readPlan(call));
    await imported(call, 'csv', csv);
    expect(await treeOf(call)).toEqual([...tree, ...tree]);
    expect((await imported(call, 'csv', csv)).kind).toBe('nothing_new');
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('go out as Markdown and come back as the same tree', async () => {
    const [from, to] = [await aCall(), await aCall()];
    await fill(from.call);
    const { text } = await exportChecklists(from.call);
    expect(text).toContain('# early under: none \\{#x} under: goal-0002\n\n- [ ] a task\n');
    expect(text).toContain('\n# top {#goal-0002}\n\n\n# level 2 {#goal-0003} under: goal-0002\n');
    const { told } = await imported(to.call, 'markdown', text);
    expect(told).toEqual([]);
    // a heading says of no status, and is no goal alone
    const read = tree.slice(0, -1).map((line) => line.replace('cancelled | cancelled', 'cancelled | in_progress'));
    expect(await treeOf(to.call)).toEqual(read);
    expect((await exportChecklists(to.call)).text).toBe(text.replace('\n# alone\n\n', ''));
    expect((await imported(to.call, 'markdown', text)).kind).toBe('nothing_new');
    expect(await brokenInvariants(to.sql)).toEqual({});
  });

  it('go out as lines of JSON with their parents', async () => {
    const { call } = await aCall();
    await fill(call);
    const goals = [...jsonLinesOf(await readPlan(call))].flatMap((line) => JSON.parse(line).goal ?? []);
    expect(goals.map((goal) => goal.parent_goal_id).slice(0, 4)).toEqual(['GOAL-0002', null, 'GOAL-0002', 'GOAL-0003']);
  });

  it('come as one of them alone, whose parent is told', async () => {
    const [from, to] = [await aCall(), await aCall()];
    await fill(from.call);
    const { told } = await imported(to.call, 'csv', csvOf(await readPlan(from.call, 'GOAL-0009')));
    expect(told).toEqual(['GOAL-0001 parent_left_out: it was a part of GOAL-0008, which is not there']);
    expect(await treeOf(to.call)).toEqual(['level 8 | in_progress | ']);
    const part =
      (await exportChecklists(from.call)).text.split(/^(?=# )/m).find((page) => page.startsWith('# level 8')) ?? '';
    expect((await imported(to.call, 'markdown', part)).told[0]).toContain(
      'it was a part of {#goal-0008}, which is not',
    );
    expect(await brokenInvariants(to.sql)).toEqual({});
  });

  it('lose nothing but the parents that cannot be, each of which is told', async () => {
    const { call, sql } = await aCall();
    const chain = Array.from({ length: 10 }, (_, level) => `L${level},${level === 0 ? '' : `L${level - 1}`}`);
    const rows = ['A,C', 'B,A', 'C,B', 'D,D', 'E,nobody', 'F,A', 'F,B', ...chain];
    const csv = header + rows.map((row, place) => `${row.replace(',', `,,`)},,T${place},t${place},`).join('\n');
    const dry = await imported(call, 'csv', csv, { dryRun: true });
    const { told, report } = await imported(call, 'csv', csv);
    expect(report).toEqual(dry.report);
    expect(told).toEqual([
      'GOAL-0002 cycle: its parent GOAL-0001 closed the cycle GOAL-0001 → GOAL-0003 → GOAL-0002 → GOAL-0001',
      'GOAL-0004 cycle: its parent GOAL-0004 closed the cycle GOAL-0004 → GOAL-0004',
      'GOAL-0005 parent_left_out: it was a part of nobody, which is not there',
      'GOAL-0006 parent_left_out: line 8 puts it under B, and its first row under A',
      'GOAL-0015 over_limit: under GOAL-0014 it would be at level 9; goals have at most 8',
    ]);
    expect(await treeOf(call)).toEqual([
      ...['A | in_progress | C', 'B | in_progress | ', 'C | in_progress | B', 'D | in_progress | '],
      ...['E | in_progress | ', 'F | in_progress | A', 'L0 | in_progress | '],
      ...[1, 2, 3, 4, 5, 6, 7].map((level) => `L${level} | in_progress | L${level - 1}`),
      ...['L8 | in_progress | ', 'L9 | in_progress | L8'],
    ]);
    expect((await readPlan(call)).tasks.length).toBe(17);
    const again = await imported(call, 'csv', csv);
    expect(again.kind).toBe('nothing_new');
    expect(again.told).toContain(
      'GOAL-0015 already_there: it is L8, which was imported before; it is under no goal here and under GOAL-0014 in the file',
    );
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('come in any order, however many they are', async () => {
    const { call, sql } = await aCall();
    const rows = Array.from(
      { length: 240 },
      (_, place) => `G${place},,${place % 120 < 119 ? `G${(place + 120) % 240}` : ''}`,
    );
    const parents = rows.map((row, place) => (place < 120 ? row : row.replace(/,[^,]*$/, ',')));
    const { told } = await imported(call, 'csv', header + parents.map((row) => `${row},,,,`).join('\n'));
    expect(told).toEqual([]);
    expect((await readPlan(call)).goals.filter(({ parent_goal_id: parent }) => parent !== null).length).toBe(119);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('of a file that grew come under goals that are there, and open those', async () => {
    const { call, sql } = await aCall();
    const first = ['top,,,', 'middle,,top,', 'part,,middle,', 'aside,,,cancelled', 'below,,aside,'];
    const done = ',T1,t,done\n';
    const csv = `${header + first[0]},,,\n${first[1]},,,\n${first[2]}${done}${first[3]},,,\n${first[4]},,,\n`;
    await imported(call, 'csv', csv);
    expect(await treeOf(call)).toEqual([
      ...['top | completed | ', 'middle | completed | top', 'part | completed | middle'],
      ...['aside | cancelled | ', 'below | planned | aside'],
    ]);
    const before = await treeOf(call);
    const grown = `${csv}new,,middle,,T2,t,\ndeep,,new,,T3,t,\nclosed,,middle,,T4,t,done\nlate,,below,,T5,t,\n`;
    const { told } = await imported(call, 'csv', grown);
    expect(told.filter((line) => !line.includes('already_there'))).toEqual([
      'GOAL-0009 parent_left_out: it is not under GOAL-0005, which is under GOAL-0004, which is cancelled',
    ]);
    expect(await treeOf(call)).toEqual([
      ...['top | in_progress | ', 'middle | in_progress | top', 'part | completed | middle'],
      ...['aside | cancelled | ', 'below | planned | aside', 'new | in_progress | middle', 'deep | in_progress | new'],
      ...['closed | completed | middle', 'late | in_progress | '],
    ]);
    expect(await brokenInvariants(sql)).toEqual({});
    await undo(call, undefined);
    expect(await treeOf(call)).toEqual(before);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('of a file that grew are not parked under a goal that new tasks below it open', async () => {
    const { call, sql } = await aCall();
    const csv = `${header}top,,,,,,\npart,,top,,T1,t,done\n`;
    await imported(call, 'csv', csv);
    await imported(call, 'csv', `${csv}part,,top,,T2,t,\nnew,,top,,T3,t,\n`);
    expect(await treeOf(call)).toEqual(['top | in_progress | ', 'part | in_progress | top', 'new | in_progress | top']);
    expect((await sql.query('select id from tasks where parked')).rows).toEqual([]);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('are known by IDs that cannot be stored as they are', async () => {
    const { call } = await aCall();
    await imported(call, 'csv', `${header}a\0,top,,,,,\nb,part,a\0,,,,\n`);
    expect(await treeOf(call)).toEqual(['top | in_progress | ', 'part | planned | top']);
  });

  it('that moved here since stay where they are, and a file without the column says nothing of parents', async () => {
    const { call, sql } = await aCall();
    const rows = (parent: string) => `${header}A,,,,,,\nB,,${parent},,T1,t,\n`;
    await imported(call, 'csv', rows('A'));
    await updateGoal(call, 'GOAL-0002', { parent_goal_id: null });
    const { told, kind } = await imported(call, 'csv', rows('A'));
    expect(kind).toBe('nothing_new');
    expect(told[1]).toContain('it is under no goal here and under GOAL-0001 in the file');
    await updateGoal(call, 'GOAL-0002', { parent_goal_id: 'GOAL-0001' });
    const without = 'goal_id,id,description\nA,,\nB,T1,t\nC,T2,t\n';
    expect((await imported(call, 'csv', without)).told.join()).not.toContain('under');
    expect(await treeOf(call)).toEqual(['A | in_progress | ', 'B | in_progress | A', 'C | in_progress | ']);
    expect(await brokenInvariants(sql)).toEqual({});
  });
});
