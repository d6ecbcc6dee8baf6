import { execFileSync, spawnSync } from 'node:child_process';
import type pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { Call } from '../../src/service/call.ts';
import { getTask } from '../../src/service/tasks.ts';
import { updateTask } from '../../src/service/update-task.ts';
import { run } from '../legacy/support/program.ts';
import { aGoal, aSubtask, someTasks } from '../support/builders.ts';
import { program } from '../support/bundle.ts';
import { aCall } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { wholeState } from '../support/random-history.ts';
import { environmentOf } from '../support/server-process.ts';

const { call, sql, connection } = await aCall();
const ann: Call = { ...call, actor: 'ann' };
const bob: Call = { ...call, actor: 'bob' };
const undo = (...args: string[]) => run(['undo', ...args], connection, { env: { GOAL_AGENT_NAME: 'olga' } });

let goal: string;
let task: string;
let before: unknown;

/** Ann has a goal with tasks; then Bob goes astray. */
beforeEach(async () => {
  await sql.query('truncate goals, tasks, task_dependencies, operations, events, notes cascade');
  goal = await aGoal(ann);
  task = (await someTasks(ann, goal, 2))[0] as string;
  before = await wholeState(sql);
  await breakDownGoal(bob, goal, [aSubtask({ description: 'nonsense' }), aSubtask({ dependencies: ['#1'] })]);
  await updateTask(bob, task, { edit: { description: 'worse' } });
});

describe('goal-agent undo', () => {
  it('without a terminal shows what it would take back, changes nothing, and says how to go on', async () => {
    const after = await wholeState(sql);
    const { code, stdout, stderr } = await undo('--agent', 'bob', '--since', '1h');
    expect([code, stderr]).toEqual([0, '']);
    const [first, second, ...rest] = stdout.trimEnd().split('\n');
    expect(first).toMatch(new RegExp(`^\\S+Z bob ${task} description changed$`));
    expect(second).toMatch(/^\S+Z bob TASK-\d+ created in GOAL-\d+ "nonsense" \(and 1 change more\)$/);
    expect(rest).toEqual([
      '2 operations of bob, newest first: 3 changes.',
      'Nothing was changed. To take it back without being asked, add --yes.',
    ]);
    expect(await wholeState(sql)).toEqual(after);
  });

  it('with --yes takes it back as one operation, which can itself be taken back', async () => {
    const after = await wholeState(sql);
    const { code, stdout } = await undo('--agent', 'bob', '--since', '1h', '--yes');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /Undone: 3 rows as they were before, in one operation\.\nTo have it back: goal-agent undo \d+/,
    );
    expect(await wholeState(sql)).toEqual(before);
    const { rows } = await sql.query(
      'select distinct e.operation, o.actor, e.action from events e join operations o on o.seq = e.operation where e.undoes is not null',
    );
    expect(rows).toEqual([{ operation: expect.anything(), actor: 'olga', action: 'undone' }]);
    expect((await undo('--agent', 'bob', '--since', '1h', '--yes')).stdout).toBe(
      'There is nothing of bob to take back in that time.\n',
    );
    expect((await undo(/undo (\d+)/.exec(stdout)?.[1] ?? '', '--yes')).code).toBe(0);
    expect(await wholeState(sql)).toEqual(after);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('speaks JSON', async () => {
    const shown = JSON.parse((await undo('--agent', 'bob', '--since', '1h', '--json')).stdout);
    expect(shown).toEqual({
      agent: 'bob',
      operations: [
        { event_id: expect.any(Number), changes: 1, line: expect.stringContaining('description changed') },
        { event_id: expect.any(Number), changes: 2, line: expect.stringContaining('created in') },
      ],
      undone: false,
    });
    const done = JSON.parse((await undo('--agent', 'bob', '--since', '1h', '--json', '--yes')).stdout);
    expect(done).toEqual({ ...shown, undone: true, event_id: expect.any(Number), rows: 3 });
    expect(await wholeState(sql)).toEqual(before);
  });

  it('refuses as a whole when others went on from it, and names all of that', async () => {
    const [nonsense, other] = (await sql.query('select id from tasks order by number desc limit 2')).rows.map(
      (row) => row.id,
    );
    await updateTask(ann, nonsense, { edit: { description: 'sense' } });
    await updateTask(ann, other, { edit: { description: 'sense' } });
    const after = await wholeState(sql);
    const { code, stderr } = await undo('--agent', 'bob', '--since', '1h', '--yes');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^error: Nothing was undone: the same rows were changed since, by event \\d+ \\(${nonsense} updated by ann\\), event \\d+ \\(${other} updated by ann\\)`,
      ),
    );
    expect(await wholeState(sql)).toEqual(after);
  });

  it('takes back only what was done since then, and says what is wrong with its arguments', async () => {
    const { rows } = await sql.query<{ at: string }>(
      `select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at from operations where actor = 'bob' order by seq desc limit 1`,
    );
    expect((await undo('--agent', 'bob', '--since', rows[0]?.at ?? '', '--yes')).code).toBe(0);
    expect((await getTask(ann, task)).description).toBe('a task');
    expect((await sql.query('select from tasks')).rowCount).toBe(4);
    expect((await undo('--agent', 'bob', '--since', '30 seconds ago')).code).toBe(0);
    expect((await undo('--agent', 'bob', '--since', 'tomorrow')).stderr).toContain('This is no time; write 2h');
    expect((await undo('--since', '1h')).stderr).toContain('Give an event, or both --agent and --since');
    expect((await undo('--agent', 'import v2', '--since', '1h')).stderr).toContain('An import is not taken back');
  });

  it.skipIf(spawnSync('script', ['--version']).status !== 0).each([
    ['y', true],
    ['', false],
  ])('asks at a terminal, and %j means %s', async (answer, isUndone) => {
    const after = await wholeState(sql);
    const out = atTerminal(connection, answer);
    expect(out).toContain('Take all of this back? [y/N]');
    expect(await wholeState(sql)).toEqual(isUndone ? before : after);
  });
});

function atTerminal(database: pg.ClientConfig, answer: string): string {
  const command = `'${process.execPath}' '${program}' undo --agent bob --since 1h`;
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    GOAL_AGENT_HOME: '/nonexistent',
    ...environmentOf(database),
  };
  return execFileSync('script', ['-qec', command, '/dev/null'], { input: `${answer}\n`, env, encoding: 'utf8' });
}
