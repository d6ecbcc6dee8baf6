import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportJson } from '../../src/legacy/backup/export-json.ts';
import { importJson } from '../../src/legacy/backup/import-json.ts';
import { exportV2 } from '../../src/legacy/v2/export-v2.ts';
import { importV2 } from '../../src/legacy/v2/import-v2.ts';
import { V2Directory } from '../../src/legacy/v2/v2-directory.ts';
import { claimTasks } from '../../src/service/claims.ts';
import { deleteGoal } from '../../src/service/delete-goal.ts';
import { createGoal, findOneGoal, updateGoal } from '../../src/service/goals.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { deleteTask, getTask } from '../../src/service/tasks.ts';
import { getTemplate, saveTemplate, setRecurrence } from '../../src/service/templates/templates.ts';
import { undo } from '../../src/service/undo.ts';
import { aCall } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { aGoal, aTask } from './support/records.ts';

const fixture = path.resolve('test/fixtures/v2');
let directory = '';
let files = 0;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'goal-agent-export-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function aName(): string {
  files += 1;
  return path.join(directory, String(files));
}

async function readV2(from: string): Promise<unknown[]> {
  const names = ['goals.json', 'tasks.json', 'counters.json'];
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(path.join(from, name), 'utf8'))));
}

describe('exporting the files of v2', () => {
  it.each(['UTC', 'Europe/Paris', 'America/New_York'])(
    'gives back what was imported, with the times of %s',
    async (timezone) => {
      const { call } = await aCall();
      await importV2(call, new V2Directory(fixture), { timezone });
      const to = aName();
      await exportV2(call, to, { timezone });
      expect(await readV2(to)).toEqual(await readV2(fixture));
      expect((await readFile(path.join(to, 'tasks.json'), 'utf8')).slice(0, 120)).toBe(
        (await readFile(path.join(fixture, 'tasks.json'), 'utf8')).slice(0, 120),
      );
    },
  );

  it('gives back numbers that a double cannot hold, to the letter', async () => {
    const { call } = await aCall();
    const [from, to] = [aName(), aName()];
    await exportV2(call, from); // makes the directory
    const values = '{"build": 12345678901234567890, "pi": 3.14159265358979323846, "all": [9007199254740993, 1.5]}';
    const goal = JSON.stringify(aGoal('GOAL-0001', ['TASK-0001'])).replace('"metadata":{}', `"metadata":${values}`);
    const task = JSON.stringify(aTask('TASK-0001', 'GOAL-0001', { result: 'R' })).replace('"R"', values);
    await writeFile(path.join(from, 'goals.json'), `{"GOAL-0001":${goal}}`);
    await writeFile(path.join(from, 'tasks.json'), `{"TASK-0001":${task}}`);
    await writeFile(path.join(from, 'counters.json'), '{"goal":1,"task":1}');
    const outcome = await importV2(call, new V2Directory(from));
    expect(outcome.kind !== 'already' && outcome.report.changes).toEqual([]);
    await exportV2(call, to);
    for (const file of ['goals.json', 'tasks.json']) {
      const text = (await readFile(path.join(to, file), 'utf8')).replace(/\s+/g, '');
      expect(text).toContain('12345678901234567890');
      expect(text).toContain(':3.14159265358979323846,');
      expect(text).toContain('[9007199254740993,1.5]');
    }
    const [all, again] = [aName(), aName()];
    await exportJson(call, all);
    const { call: empty } = await aCall();
    await importJson(empty, all);
    await exportJson(empty, again);
    const text = await readFile(all, 'utf8');
    expect(text.split('12345678901234567890')).toHaveLength(1 + 2 * 2); // the rows, and their events
    expect(await readFile(again, 'utf8')).toBe(text);
  });

  it('gives back dirty files but for what the report names', async () => {
    const { call } = await aCall();
    const from = aName();
    const original = [
      {
        'GOAL-0001': aGoal('GOAL-0001', ['TASK-0001', 'TASK-0002']),
        'GOAL-0002': aGoal('GOAL-0002', [], { priority: 'P1' }),
      },
      {
        'TASK-0001': aTask('TASK-0001', 'GOAL-0001', {
          dependencies: ['TASK-0002', 'TASK-0404'],
          created_at: '2025-06-01T11:00:00',
        }),
        'TASK-0002': aTask('TASK-0002', 'GOAL-0001', { extra: 1, result: { n: [1.5, null] } }),
      },
      { goal: 2, task: 2 },
    ] as Record<string, Record<string, unknown>>[];
    await exportV2(call, from); // makes the directory
    for (const [n, name] of ['goals', 'tasks', 'counters'].entries()) {
      await writeFile(path.join(from, `${name}.json`), JSON.stringify(original[n]));
    }
    const outcome = await importV2(call, new V2Directory(from));
    const to = aName();
    await exportV2(call, to);
    const differences = [];
    for (const [n, part] of (await readV2(to)).entries()) {
      for (const [id, record] of Object.entries(part as Record<string, Record<string, unknown>>)) {
        const before = original[n]?.[id];
        if (typeof before !== 'object' || before === null) continue;
        for (const field of new Set([...Object.keys(before), ...Object.keys(record)])) {
          const [was, is] = [(before as Record<string, unknown>)[field], record[field]];
          if (JSON.stringify(was) !== JSON.stringify(is)) differences.push(`${id} ${field}`);
        }
      }
    }
    const reported = outcome.kind === 'already' ? [] : outcome.report.changes.map(({ id, field }) => `${id} ${field}`);
    expect(differences.sort()).toEqual(['GOAL-0002 priority', 'TASK-0001 dependencies', 'TASK-0002 extra']);
    expect(reported.sort()).toEqual(differences);
  });

  it.skipIf(process.platform === 'win32')('and JSON, for the eyes of its owner alone, in any umask', async () => {
    const { call } = await aCall();
    const [to, file] = [path.join(aName(), 'deep'), aName()];
    const umask = process.umask(0);
    try {
      await exportV2(call, to);
      await exportJson(call, file);
    } finally {
      process.umask(umask);
    }
    const modeOf = async (name: string) => ((await stat(name)).mode & 0o777).toString(8);
    expect(await modeOf(to)).toBe('700');
    expect(await modeOf(path.dirname(to))).toBe('700');
    for (const name of await readdir(to)) expect(await modeOf(path.join(to, name)), name).toBe('600');
    expect(await modeOf(file)).toBe('600');
  });

  it('never overwrites a file', async () => {
    const { call } = await aCall();
    const to = aName();
    await exportV2(call, to);
    await expect(exportV2(call, to)).rejects.toThrow('goals.json exists already and was not touched');
  });
});

describe('exporting everything as JSON', () => {
  async function aWorkspaceWithHistory() {
    const { call, sql } = await aCall();
    await saveTemplate(call, 'weekly', { description: 'of {{team}}', tasks: [{ description: 'x' }] });
    const rule = { rule: '0 9 * * MON', timeZone: 'Europe/Berlin', startsAt: undefined, parameters: { team: 'ü' } };
    await setRecurrence(call, 'weekly', rule);
    await importV2(call, new V2Directory(fixture), { timezone: 'UTC' });
    const goal = await createGoal(call, {
      description: 'new',
      priority: 'high',
      repos: ['a'],
      metadata: { deep: { x: [1, 'ü'] } },
    });
    // the parent comes after its sub-goal
    await updateGoal(call, 'GOAL-0001', { parent_goal_id: goal.id });
    await updateGoal(call, 'GOAL-0004', { status: 'cancelled' });
    await setTaskStatus(call, { taskId: 'TASK-0002', status: 'completed', result: { a: null } });
    await deleteTask(call, 'TASK-0029');
    await undo(call, undefined);
    await deleteTask(call, 'TASK-0030');
    await deleteGoal(call, 'GOAL-0006');
    await sql.query(
      `insert into notes (workspace_id, id, goal_id, task_id, actor, text) select workspace_id, 1, $1, null, 'ann', 'look' from goals limit 1`,
      [goal.id],
    );
    await sql.query(`update counters set next = 2 where kind = 'note'`);
    await claimTasks({ ...call, actor: 'ann' }, { limit: 1, leaseSeconds: 900 });
    await sql.query(`update operations set reason = 'because'`);
    return call;
  }

  it('and importing it into an empty database and exporting it again gives the same file', async () => {
    const [first, second] = [aName(), aName()];
    const written = await exportJson(await aWorkspaceWithHistory(), first);
    const { call, sql } = await aCall();
    expect(await importJson(call, first)).toEqual(written);
    await exportJson(call, second);
    expect(await readFile(second, 'utf8')).toBe(await readFile(first, 'utf8'));
    expect((await getTemplate(call, 'weekly')).recurrence).toMatchObject({
      rule: '0 9 * * MON',
      nextAt: expect.any(String),
    });
    expect(await brokenInvariants(sql)).toEqual({});
    expect(written).toMatchObject({ goals: 8, notes: 1, imports: 1 });
    expect((await createGoal(call, { description: 'next', priority: 'low', repos: [], metadata: {} })).id).toBe(
      'GOAL-0010',
    );
  });

  it('and an operation can be taken back where it was restored', async () => {
    const file = aName();
    await exportJson(await aWorkspaceWithHistory(), file);
    const { call, sql } = await aCall();
    await importJson(call, file);
    await undo(call, undefined);
    expect((await findOneGoal(call, 'GOAL-0006')).total_tasks).toBeGreaterThan(0);
    await undo(call, undefined);
    expect((await getTask(call, 'TASK-0030')).id).toBe('TASK-0030');
    // what was taken back before the export is not taken back once more
    await undo(call, undefined);
    expect((await getTask(call, 'TASK-0002')).status).not.toBe('completed');
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('refuses a workspace that holds something', async () => {
    const call = await aWorkspaceWithHistory();
    const file = aName();
    await exportJson(call, file);
    await expect(importJson(call, file)).rejects.toThrow('The workspace default holds goals or history already');
    await expect(exportJson(call, file)).rejects.toThrow('exists already');
  });

  it.each([
    ['{"format": "goal-agent export", "version": 2}', 'was written by a newer version (format 2; this one reads 1)'],
    ['{"GOAL-0001": {}}', 'is no export of goal-agent'],
    ['{\n"format": ', ', line 2, column 11: the text ends in the middle'],
    ['{"format": "goal-agent export", "version": 1, "counters": {}, "goals": [{}]}', 'does not match the format: '],
  ])('refuses %s', async (text, message) => {
    const { call } = await aCall();
    const file = aName();
    await writeFile(file, text);
    await expect(importJson(call, file)).rejects.toThrow(message);
  });

  it('refuses a file that contradicts itself, and writes nothing', async () => {
    const file = aName();
    await exportJson(await aWorkspaceWithHistory(), file);
    const broken = JSON.parse(await readFile(file, 'utf8'));
    const { tasks, goals } = structuredClone(broken);
    tasks[0].dependencies = ['TASK-9999'];
    await writeFile(file, JSON.stringify({ ...broken, tasks }));
    const { call, sql } = await aCall();
    await expect(importJson(call, file)).rejects.toThrow('contradicts itself (task_dependencies_dependency_exists)');
    goals.at(-1).parent_goal_id = 'GOAL-0001';
    await writeFile(file, JSON.stringify({ ...broken, goals }));
    await expect(importJson(call, file)).rejects.toThrow('GOAL-0001 is a part of itself');
    expect((await sql.query('select count(*)::int from goals')).rows).toEqual([{ count: 0 }]);
  });
});
