import { describe, expect, it } from 'vitest';
import { exportChecklists } from '../../../src/cli/export-checklist.ts';
import { csvOf } from '../../../src/exchange/export/csv.ts';
import { jsonLinesOf } from '../../../src/exchange/export/jsonl.ts';
import { readPlan } from '../../../src/exchange/export/read-plan.ts';
import { importForeign } from '../../../src/exchange/foreign/import-foreign.ts';
import type { ToolName } from '../../../src/exchange/foreign/tools.ts';
import { breakDownGoal } from '../../../src/service/break-down-goal.ts';
import type { Call } from '../../../src/service/call.ts';
import { updateGoal } from '../../../src/service/goals.ts';
import { addNote } from '../../../src/service/notes.ts';
import { setTaskStatus } from '../../../src/service/set-task-statuses.ts';
import { aGoal, aSubtask } from '../../support/builders.ts';
import { aCall } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { planOf } from './support.ts';

/** Two goals that wait for each other's tasks, with text that a format could take for its own signs. */
async function fill(call: Call): Promise<void> {
  const first = await aGoal(call, 'Ship, "3.0"');
  const second = await aGoal(call, '=SUM(A1)');
  await aGoal(call, 'a goal without tasks');
  const { taskIds } = await breakDownGoal(call, first, [
    aSubtask({ key: 'a', description: '=HYPERLINK("http://x";"y")', priority: 'high', estimated_effort: '1d 4h' }),
    aSubtask({
      key: 'b',
      description: '\'- [x] line one\n\n  - two\n# three, "quoted"',
      dependencies: ['a'],
      repo: 'web',
      criteria: [{ text: '- a, "b" (4h)' }, { text: '=c', human: true }],
    }),
    aSubtask({
      description: 'c (4h)',
      dependencies: ['b', 'a'],
      jira_ticket: '-7',
      labels: ['x, y', '=z'],
      tools: ['git', 'a, b'],
      type: 'fix',
    }),
  ]);
  const other = await breakDownGoal(call, second, [
    aSubtask({ description: 'd after: x', dependencies: [taskIds[1] as string], priority: 'low' }),
    aSubtask({ description: 'e' }),
  ]);
  const set = (taskId: string | undefined, status: 'completed' | 'blocked' | 'failed', result?: unknown) =>
    setTaskStatus(call, { taskId: taskId as string, status, result: result as string | undefined });
  await setTaskStatus(call, { taskId: taskIds[1] as string, status: 'pending', meet: [1] });
  await set(taskIds[0], 'completed', { url: 'x', list: [1, 'zwei'] });
  await set(other.taskIds[1], 'blocked', '-1');
  await setTaskStatus(call, { taskId: taskIds[2] as string, status: 'cancelled', waive: true });
  await setTaskStatus(call, {
    taskId: other.taskIds[0] as string,
    status: 'deferred',
    deferUntil: '2099-01-01T00:00:00Z',
  });
  await addNote(call, { goalId: first }, 'a note');
  await updateGoal(call, first, { labels: ['x, y', '=z'], due_at: '2099-01-01T23:59:59.000Z', strict: true });
}

/** What a round trip keeps of every task: IDs are the same, since both workspaces begin with 1. */
async function tasksOf(call: Call, keeps: readonly string[]) {
  const { goals, tasks } = await readPlan(call);
  const rows = tasks as unknown as Record<string, unknown>[];
  return {
    goals: goals.map(({ id, description, status, priority, labels, due_at, strict }) => ({
      ...{ id, description, status, priority },
      ...(keeps.includes('labels') && { labels, due_at, strict }),
    })),
    tasks: rows.map((task) => Object.fromEntries(keeps.map((key) => [key, task[key]]))),
  };
}

const all = ['id', 'goal_id', 'description', 'type', 'status', 'priority', 'dependencies', 'repo', 'jira_ticket'];
const csvKeeps = [
  ...all,
  'labels',
  'due_at',
  'defer_until',
  'waived',
  'estimated_effort',
  'assigned_tools',
  'created_at',
  'updated_at',
  'completed_at',
  'result',
];

async function take(call: Call, tool: ToolName, text: string) {
  const { report } = await importForeign(call, { plan: await planOf(tool, text), source: 'x', origin: 'x' });
  return report;
}

describe('an export', () => {
  it('as CSV, imported into an empty workspace, gives the same goals and tasks, to the last byte', async () => {
    const [from, to] = [await aCall(), await aCall()];
    await fill(from.call);
    const csv = csvOf(await readPlan(from.call));
    const report = await take(to.call, 'csv', csv);
    expect(report.changes).toEqual([]);
    expect(await tasksOf(to.call, csvKeeps)).toEqual(await tasksOf(from.call, csvKeeps));
    expect((await to.sql.query('select * from notes')).rows).toEqual([]);
    expect(await brokenInvariants(to.sql)).toEqual({});
    expect(csvOf(await readPlan(to.call))).toBe(csv);
    const lines = [...jsonLinesOf(await readPlan(from.call))].map((line) => Object.entries(JSON.parse(line))[0]);
    expect(lines.map((line) => line?.[0])).toEqual([...Array(3).fill('goal'), ...Array(5).fill('task'), 'note']);
    expect(lines[3]?.[1]).toMatchObject({ id: 'TASK-0001', status: 'completed', dependencies: [] });
  });

  it('as Markdown gives the same descriptions, dependencies, efforts and priorities, and what is completed', async () => {
    const [from, to] = [await aCall(), await aCall()];
    await fill(from.call);
    const { text } = await exportChecklists(from.call);
    const report = await take(to.call, 'markdown', text);
    expect(report.changes).toEqual([]);
    const [before, after] = [await tasksOf(from.call, all), await tasksOf(to.call, all)];
    const kept = ({ tasks }: typeof before) =>
      tasks.map(({ id, description, priority, dependencies, status }) => {
        const names = (dependencies as string[]).map((each) => tasks.find((task) => task.id === each)?.description);
        return { id, description, priority, dependencies: names, isCompleted: status === 'completed' };
      });
    expect(kept(after)).toEqual(kept(before));
    expect(await brokenInvariants(to.sql)).toEqual({});
    expect((await exportChecklists(to.call)).text).toBe(text.replace(/\n# a goal without tasks\n+/, ''));
  });
});
