import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { breakDownGoal as breakDown } from '../../src/service/break-down-goal.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { addNote } from '../../src/tools/add-note.ts';
import { breakDownGoal } from '../../src/tools/break-down-goal.ts';
import { generateExecutionPlan } from '../../src/tools/generate-execution-plan.ts';
import { getBriefing } from '../../src/tools/get-briefing.ts';
import { getHistory } from '../../src/tools/get-history.ts';
import { search } from '../../src/tools/search.ts';
import { start } from '../legacy/support/program.ts';
import { aGoal, aSubtask, aTask, someTasks } from '../support/builders.ts';
import { aCall } from '../support/database.ts';
import { wholeState } from '../support/random-history.ts';
import { commandsOn } from './support.ts';

const { call, sql, connection } = await aCall();
const { goalAgent, lines, json } = commandsOn(connection);
const cwd = mkdtempSync(path.join(tmpdir(), 'goal-agent-work-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

let goal: string;
let task: string;
let next: string;

beforeEach(async () => {
  await sql.query('truncate goals, tasks, task_dependencies, operations, events, notes, claims cascade');
  goal = await aGoal(call, 'Add OAuth sign-in');
  task = await aTask(call, goal);
  next = await aTask(call, goal, [task]);
});

function file(name: string, text: string): string {
  writeFileSync(path.join(cwd, name), text);
  return path.join(cwd, name);
}

describe('looking at the work', () => {
  it('plan numbers the phases, and marks the critical path', async () => {
    expect(await lines('plan', goal)).toEqual([
      `  ${goal}  Add OAuth sign-in`,
      '  2 tasks on the critical path, 0 of 2 tasks completed',
      `1  ○ ${task} ◆ a task`,
      `2  ◌ ${next} ◆ a task  waits for ${task}`,
    ]);
    expect(await json(generateExecutionPlan, 'plan', goal)).toMatchObject({ total_phases: 2 });
  });

  it('board and brief say "at least" of what was not counted to its end', async () => {
    await setTaskStatus(call, { taskId: task, status: 'in_progress' });
    const waiting = Array.from({ length: 205 }, () => aSubtask({ dependencies: [task] }));
    await breakDown(call, goal, waiting);
    await someTasks(call, goal, 1_001);
    const { stdout } = await goalAgent(['board'], { env: { COLUMNS: '40' } });
    expect(stdout).toMatch(/^ {2}In progress 1$/m);
    expect(stdout).toMatch(/^ {2}Ready 1000\+$/m);
    expect(stdout).toMatch(/^ {2}Waiting 200\+$/m);
    expect(stdout).toMatch(/^ +… at least \d+ more$/m);
    const { briefing } = await json(getBriefing, 'brief');
    expect(String(briefing).match(/… and at least \d+ more/g)).toHaveLength(2);
  });

  it('board has columns beside each other where there is room, and below each other otherwise', async () => {
    const wide = await goalAgent(['board', goal], { env: { COLUMNS: '100' } });
    expect(wide.stdout).toMatch(/^ {2}Ready 1 +Waiting 1$/m);
    const narrow = await goalAgent(['board'], { env: { COLUMNS: '40' } });
    expect(narrow.stdout).toMatch(new RegExp(`^ {2}Ready 1\\n {2}${task}  ○  a task  ${goal}$`, 'm'));
    const board = JSON.parse((await goalAgent(['board', goal, '--json'])).stdout);
    expect(board).toEqual({
      goal_id: goal,
      columns: ['ready', 'in_progress', 'waiting', 'stuck', 'done'].map((name) => ({
        name,
        total: ['ready', 'waiting'].includes(name) ? 1 : 0,
        tasks: ['ready', 'waiting'].includes(name) ? [expect.any(Object)] : [],
      })),
    });
    expect(board.columns[2].tasks).toEqual([
      {
        id: next,
        goal_id: goal,
        description: 'a task',
        status: 'pending',
        waits_for: [task],
        claimed_by: null,
        lease_expires_at: null,
        critical: true,
      },
    ]);
  });

  it('watch in a pipe writes a line for each change, until it is told to end', async () => {
    const { child, ended } = start(['watch', goal], connection, { env: { GOAL_AGENT_NAME: 'ann' } });
    const seen = new Promise((resolve) => child.stdout?.once('data', resolve));
    const keepOn = setInterval(() => void aTask(call, goal), 1_000);
    await seen;
    clearInterval(keepOn);
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\S+Z tester (task\.created TASK-\d+|goal\.in_progress GOAL-\d+)$/m);
  });

  it('search, log, note and brief answer as their tools do', async () => {
    expect(await lines('note', task, 'Keycloak speaks OIDC')).toEqual([`Noted on ${task}.`]);
    expect(await json(addNote, 'note', goal, 'later')).toMatchObject({ goal_id: goal, actor: 'ann' });
    expect(await lines('search', 'keycloak')).toEqual([`${task}  note  Keycloak speaks OIDC`]);
    expect(await json(search, 'search', 'oauth', '--kind', 'goal')).toMatchObject({ count: 1 });
    expect((await lines('log', task))[0]).toMatch(/^\d+ {2}TASK-\d+ {2}noted "Keycloak speaks OIDC" +ann +now$/);
    expect(await json(getHistory, 'log', '--agent', 'ann', '--limit', '1')).toMatchObject({ count: 1 });
    expect((await lines('brief')).join('\n')).toContain(`  Ready\n  - ${task} medium: "a task"`);
    expect(await json(getBriefing, 'brief', goal)).toMatchObject({ briefing: expect.stringContaining(goal) });
  });
});

describe('goal-agent call', () => {
  it('calls any tool, and says what is wrong with the arguments', async () => {
    const { stdout } = await goalAgent(['call', 'get_goal', JSON.stringify({ goal_id: goal })]);
    expect(JSON.parse(stdout)).toMatchObject({ id: goal });
    expect((await lines('call')).length).toBeGreaterThan(20);
    const refused = [
      ['call', 'make_goal'],
      ['call', 'get_goal', '[1]'],
      ['call', 'get_goal', '{'],
      ['call', 'get_goal'],
    ].map(async (args) => (await goalAgent(args)).code);
    expect(await Promise.all(refused)).toEqual([2, 2, 2, 2]);
  });
});

describe('goal-agent undo without an agent', () => {
  it('shows and takes back the last operation of its own, or that of an event', async () => {
    const before = await wholeState(sql);
    await goalAgent(['task', 'done', task]);
    const { stdout } = await goalAgent(['undo']);
    expect(stdout).toMatch(
      /status pending → completed +ann +now\nOne operation of ann: \d changes?\.\nNothing was changed/,
    );
    expect((await lines('undo', '--yes')).at(-1)).toMatch(/^To have it back: goal-agent undo \d+$/);
    expect(await wholeState(sql)).toEqual(before);
    const { rows } = await sql.query('select min(seq)::int as seq from events where task_id = $1', [next]);
    const shown = JSON.parse((await goalAgent(['undo', String(rows[0].seq), '--yes', '--json'])).stdout);
    expect(shown).toMatchObject({ agent: 'tester', undone: true, rows: 1 });
    expect((await goalAgent(['undo', '--agent', 'bob'])).code).toBe(2);
  });
});

describe('goal-agent break', () => {
  const plan = '# Plan\n1. Design (4h)\n2. Build !high\n   - [x] Front (2d)\n   - Back\n3. Ship\n';

  it('creates the tasks of a checklist, and export md gives the same tasks back', async () => {
    const from = await aGoal(call, 'one');
    const to = await aGoal(call, 'two');
    const broken = await lines('break', from, '-f', file('plan.md', plan));
    expect(broken.map((line) => line.slice(9).replaceAll(/TASK-\d+/g, 'TASK'))).toEqual([
      '  ○    Design  4h',
      '  ✔    Front   2d',
      '  ◌    Back        waits for TASK',
      '  ◌ ▲  Build       waits for TASK',
      '  ◌    Ship        waits for TASK',
    ]);
    const written = path.join(cwd, 'written.md');
    expect(await lines('export', 'md', from, written)).toEqual([`Wrote 5 tasks to ${written}.`]);
    expect((await goalAgent(['export', 'md', from, written])).code).toBe(1);
    await lines('break', to, '-f', written);
    const shape = async (id: string) =>
      (
        await sql.query(
          `select t.description, t.status, t.priority, t.estimated_effort,
             array(select o.description from task_dependencies d join tasks o on o.id = d.depends_on_id
                   where d.task_id = t.id order by 1) as after
           from tasks t where t.goal_id = $1 order by t.description`,
          [id],
        )
      ).rows;
    expect(await shape(to)).toEqual(await shape(from));
    expect((await shape(from)).length).toBe(5);
    expect(readFileSync(written, 'utf8')).toContain('- [x] Front (2d)');
    // the tasks and the completion of one of them are one operation
    await lines('undo', '--yes');
    expect(await shape(to)).toEqual([]);
  });

  it('reads YAML, shows the tasks first, and names the lines of what is wrong', async () => {
    const yaml = file(
      'plan.yaml',
      'tasks:\n  - task: Design\n    key: d\n  - {task: Build, after: d, priority: urgent, tools: [git]}\n',
    );
    expect(await lines('break', goal, '-f', yaml, '--dry-run')).toEqual([
      '#1  ○    Design',
      '#2  ◌ ▲  Build   waits for #1',
      `  2 tasks for ${goal} "Add OAuth sign-in". Nothing was created.`,
    ]);
    expect((await sql.query('select from tasks')).rowCount).toBe(2);
    expect(await json(breakDownGoal, 'break', goal, '-f', yaml)).toMatchObject({ created: 2 });
    const wrong = await goalAgent(['break', goal, '-f', file('wrong.yml', '- task: a\n- tsk: b\n  effort: 3\n')]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(
      /Line 2: task is missing\.\nLine 3: effort must be a string\.\nLine 2: a task has no tsk; it has task, key/,
    );
    const stray = await goalAgent(['break', goal, '-f', file('stray.md', '- a after: nothing\nhello\n')]);
    expect(stray).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Line 1 waits for nothing.*Line 2 is no item/s),
    });
    expect((await goalAgent(['break', goal, '-f', 'absent.md'])).stderr).toContain(
      'absent.md cannot be read: there is no such file',
    );
    expect((await goalAgent(['break', goal, '-f', file('gone.md', '- a after: TASK-999\n')])).code).toBe(1);
  });
});
