import { beforeEach, describe, expect, it } from 'vitest';
import { createGoal } from '../../src/tools/create-goal.ts';
import { deleteGoal } from '../../src/tools/delete-goal.ts';
import { getGoal } from '../../src/tools/get-goal.ts';
import { listGoals } from '../../src/tools/list-goals.ts';
import { updateGoal } from '../../src/tools/update-goal.ts';
import { aGoal, aTask, someTasks } from '../support/builders.ts';
import { aCall } from '../support/database.ts';
import { commandsOn } from './support.ts';

const { call, sql, connection } = await aCall();
const { goalAgent, lines, json } = commandsOn(connection);

let goal: string;

beforeEach(async () => {
  await sql.query('truncate goals, tasks, task_dependencies, operations, events, notes cascade');
  goal = await aGoal(call, 'Add OAuth sign-in');
});

describe('goal-agent goal', () => {
  it('add starts a goal under the name of its person', async () => {
    expect(
      await lines('goal', 'add', 'Ship 3.1', '-p', 'urgent', '-r', 'api', '-r', 'web', '-m', '{"epic":"P-1"}'),
    ).toEqual([expect.stringMatching(/^GOAL-\d{4} {2}○ ▲ {2}Ship 3\.1$/)]);
    const { rows } = await sql.query('select repos, metadata, priority from goals order by number desc limit 1');
    expect(rows).toEqual([{ repos: ['api', 'web'], metadata: { epic: 'P-1' }, priority: 'high' }]);
    expect((await sql.query("select from operations where actor = 'ann'")).rowCount).toBe(1);
    expect(await json(createGoal, 'goal', 'add', 'Ship 3.2')).toMatchObject({ description: 'Ship 3.2' });
  });

  it('list shows progress, who is at work and what is stuck, newest first', async () => {
    const [first = '', second = ''] = await someTasks(call, goal, 3);
    await goalAgent(['task', 'claim', first]);
    await goalAgent(['task', 'block', second, 'no key']);
    const other = await aGoal(call, 'Nothing yet');
    expect(await lines('goal', 'list')).toEqual([
      expect.stringMatching(new RegExp(`^${other}  ○  Nothing yet$`)),
      expect.stringMatching(new RegExp(`^${goal}  ◐  Add OAuth sign-in  ░{10}  0/3  1 blocked, ann$`)),
    ]);
    expect(await json(listGoals, 'goal', 'list', '--status', 'doing')).toMatchObject({ count: 1, total: 1 });
    expect(await lines('goal', 'list', '--status', 'cancelled')).toEqual(['  No goals.']);
  });

  it('list reads as many pages as it takes', async () => {
    for (let n = 0; n < 3; n += 1) await aGoal(call, 'x'.repeat(9_000));
    expect(await json(listGoals, 'goal', 'list', '-n', '3')).toMatchObject({ count: 3, total: 4 });
    await sql.query(
      `insert into goals (workspace_id, id, number, description, priority, status, repos, metadata)
       select workspace_id, 'GOAL-' || n, n, repeat('x', 300), priority, status, repos, metadata from goals, generate_series(1001, 1250) n where id = $1`,
      [goal],
    );
    expect(await json(listGoals, 'goal', 'list', '-n', '240')).toMatchObject({ count: 240, total: 254 });
  });

  it('show tells all of a goal', async () => {
    const task = await aTask(call, goal);
    const next = await aTask(call, goal, [task]);
    await goalAgent(['goal', 'update', goal, '--repo', 'api']);
    const shown = (await lines('goal', 'show', String(Number(goal.slice(5))))).join('\n');
    expect(shown).toContain(`${goal}  ◐ in progress  medium\n  Add OAuth sign-in\n`);
    expect(shown).toContain('░░░░░░░░░░  0 of 2 tasks completed\n  repos       api\n');
    expect(shown).toContain(`${task}  ○  a task\n${next}  ◌  a task  waits for ${task}`);
    expect(await json(getGoal, 'goal', 'show', goal)).toMatchObject({ id: goal, progress: { total: 2 } });
  });

  it('update changes what is given, and delete asks first', async () => {
    expect(await lines('goal', 'update', goal, '-d', 'Another', '-p', 'low')).toEqual([`${goal}  ○ ▼  Another`]);
    expect(await json(updateGoal, 'goal', 'update', goal, '--status', 'canceled')).toMatchObject({
      status: 'cancelled',
    });
    expect(await goalAgent(['goal', 'delete', goal])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: Nothing was deleted. Nobody could be asked; --yes deletes without a question.\n',
    });
    expect(await lines('goal', 'delete', goal, '--yes')).toEqual([`Deleted ${goal} and 0 tasks.`]);
    const other = await aGoal(call);
    expect(await json(deleteGoal, 'goal', 'delete', other, '-y')).toMatchObject({ deleted_goal_id: other });
  });

  it('a goal with a parent stands below it, moves with --parent, and goes with it', async () => {
    const add = async (text: string, parent: string) =>
      ((await lines('goal', 'add', text, '--parent', parent))[0] ?? '').slice(0, 9);
    const part = await add('Login page', goal);
    const piece = await add('Passkeys', part);
    const task = await aTask(call, piece);
    const other = await aGoal(call, 'Another');
    await goalAgent(['task', 'done', await aTask(call, part)]);
    expect(await lines('goal', 'list')).toEqual([
      expect.stringMatching(new RegExp(`^${other}  ○  Another`)),
      expect.stringMatching(new RegExp(`^${goal}  ◐  Add OAuth sign-in  █{5}░{5}  1/2$`)),
      expect.stringMatching(new RegExp(`^${part}  ◐    Login page {7}█{5}░{5}  1/2$`)),
      expect.stringMatching(new RegExp(`^${piece}  ◐      Passkeys {7}░{10}  0/1$`)),
    ]);
    expect((await lines('goal', 'list', '--parent', goal)).length).toBe(1);
    const shown = (await lines('goal', 'show', part)).join('\n');
    expect(shown).toContain('1 of 2 tasks completed with the 1 goal below it');
    expect(shown).toContain(`under       ${goal} Add OAuth sign-in`);
    expect(shown).toMatch(new RegExp(`${piece}  ◐  Passkeys  ░{10}  0/1`));
    expect((await lines('plan', goal)).join('\n')).toContain(`${task} ${piece}`);
    expect((await goalAgent(['goal', 'update', goal, '--parent', piece])).stderr).toContain(
      `${goal} → ${piece} → ${part} → ${goal}`,
    );
    await goalAgent(['goal', 'update', part, '--parent', 'none']);
    expect((await lines('log', part)).join('\n')).toContain(`moved out of ${goal} "Add OAuth sign-in"`);
    await goalAgent(['goal', 'update', part, '--parent', other]);
    expect(await lines('goal', 'delete', other, '--yes')).toEqual([`Deleted ${other}, 2 sub-goals and 2 tasks.`]);
    await goalAgent(['undo', '--yes']);
    expect((await lines('goal', 'list', '--parent', part)).length).toBe(1);
  });

  it('tells wrong use (2) from what failed (1), in words of the command line', async () => {
    const results = await Promise.all(
      [
        ['goal', 'show', 'seven'],
        ['goal', 'add', '  '],
        ['goal', 'list', '--state', 'x'],
        ['goal', 'show', '999'],
        ['goal', 'update', goal],
      ].map(async (args) => {
        const { code, stdout, stderr } = await goalAgent(args);
        return [code, stdout, stderr.split('\n')[0]];
      }),
    );
    expect(results).toEqual([
      [
        2,
        '',
        "error: command-argument value 'seven' is invalid for argument 'goal'. Write GOAL-0001, or its number alone.",
      ],
      [2, '', expect.stringMatching(/^error: description .*empty/)],
      [2, '', expect.stringContaining("unknown option '--state'")],
      [1, '', 'error: GOAL-0999 does not exist. goal-agent goal list shows the goals that do.'],
      [2, '', expect.stringContaining(`nothing to change on ${goal}`)],
    ]);
  });
});
