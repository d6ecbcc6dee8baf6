import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { lookFor } from '../../src/cli/render/look.ts';
import { table } from '../../src/cli/render/table.ts';
import { cells, cut, wrapped } from '../../src/cli/render/text.ts';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import { getTask } from '../../src/tools/get-task.ts';
import { updateTaskStatus } from '../../src/tools/update-task-status.ts';
import { aGoal, aSubtask } from '../support/builders.ts';
import { program } from '../support/bundle.ts';
import { aCall } from '../support/database.ts';
import { environmentOf } from '../support/server-process.ts';
import { commandsOn } from './support.ts';

const { call, connection } = await aCall();
const { goalAgent, lines, json } = commandsOn(connection);
const texts = [
  'Käyttäjäkirjautumisjärjestelmänkokonaisarkkitehtuurisuunnitelma',
  `https://example.com/${'a'.repeat(200)}`,
  'ログイン画面を日本語に翻訳してから全部の言語で試してみる',
  'ترجمة صفحة تسجيل الدخول إلى العربية ثم مراجعتها',
  'Ring \u001b[31mred\u001b[0m and \u202ebackwards',
];
const goal = await aGoal(call, texts[0]);
const { taskIds } = await breakDownGoal(
  call,
  goal,
  texts.map((description, place) => aSubtask({ description, dependencies: place === 0 ? [] : ['#1'] })),
);
const widthOf = (text: string) => Math.max(...text.split('\n').map(cells));
const at = (columns: string, more: Record<string, string> = {}) => ({ env: { COLUMNS: columns, ...more } });
const atTerminal = (args: string, env: Record<string, string> = {}, input = '') =>
  execFileSync('script', ['-qec', `stty rows 20 cols 80; '${process.execPath}' '${program}' ${args}`, '/dev/null'], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: '/nonexistent',
      GOAL_AGENT_HOME: '/nonexistent',
      TERM: 'xterm',
      ...environmentOf(connection),
      ...env,
    },
    encoding: 'utf8',
    input,
  });

describe('what a command prints', () => {
  it.each(['80', '40', '20'])(
    'fits %s columns, keeps every ID whole, and lets no stored text steer the terminal',
    async (columns) => {
      for (const args of [
        ['task', 'list'],
        ['goal', 'list'],
        ['plan', goal],
        ['board', goal],
        ['task', 'show', taskIds[4] ?? ''],
        ['search', 'https'],
        ['brief'],
        ['doctor'],
      ]) {
        const { stdout } = await goalAgent(args, at(columns));
        expect(widthOf(stdout), `${args.join(' ')}\n${stdout}`).toBeLessThanOrEqual(Number(columns));
        expect(stdout).not.toContain('\u001b');
        expect(stdout).not.toContain('\u202e');
        const ids = stdout.match(/(?:TASK|GOAL)-\S*/g) ?? [];
        expect(ids.filter((id) => !/^(?:TASK|GOAL)-\d{4}[,…]?$/.test(id))).toEqual([]);
      }
    },
  );

  it('has whole text and no colour in a file, whatever CI says', async () => {
    const { stdout } = await goalAgent(['task', 'list'], { env: { NO_COLOR: '', CI: 'true' } });
    expect(stdout).toContain('ترجمة صفحة تسجيل الدخول إلى العربية ثم مراجعتها');
    expect(stdout).not.toContain('\u001b');
  });

  it('is plain ASCII where the locale is not one of UTF-8', async () => {
    const { stdout } = await goalAgent(['plan', goal], at('100', { LANG: 'C' }));
    expect(stdout).toMatch(new RegExp(`^ {2}1  o ${taskIds[0]} \\* `, 'm'));
    expect(stdout).not.toMatch(/[○◌◆…]/);
  });

  it('says what there is to do where nothing is stored', async () => {
    const empty = { env: { GOAL_AGENT_WORKSPACE: 'empty', COLUMNS: '40' } };
    for (const [args, text] of [
      [['goal', 'list'], '  No goals.\n'],
      [['task', 'next'], '  Nothing is ready.\n'],
      [['board'], '  Nothing is under way, ready or\n  finished lately.\n'],
      [['log'], '  Nothing happened.\n'],
      [['search', 'x'], '  Nothing found.\n'],
    ] as const)
      expect(await goalAgent([...args], empty)).toEqual({ code: 0, stdout: text, stderr: '' });
  });

  it('ends quietly when its reader has enough', () => {
    const command = `'${process.execPath}' '${program}' task list --json | head -1`;
    const env = {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      GOAL_AGENT_HOME: '/nonexistent',
      ...environmentOf(connection),
    };
    const { stdout, stderr } = spawnSync('bash', ['-c', `${command}; exit \${PIPESTATUS[0]}`], {
      env,
      encoding: 'utf8',
    });
    expect([stdout, stderr]).toEqual(['{\n', '']);
  });

  it('is what the tool answers with --json, to the last key', async () => {
    expect(await json(updateTaskStatus, 'task', 'start', taskIds[0] ?? '')).toMatchObject({ status: 'in_progress' });
    expect((await lines('task', 'reopen', taskIds[0] ?? ''))[0]).toContain('○');
  });
});

describe.skipIf(spawnSync('script', ['--version']).status !== 0)('at a terminal', () => {
  it('has colours, a hint, and none of the colours with NO_COLOR', () => {
    expect(atTerminal('task next')).toContain('\u001b[');
    const plain = atTerminal('task next', { NO_COLOR: '1', LANG: 'C.UTF-8' });
    expect(plain).not.toContain('\u001b[');
    expect(plain).toContain(`Take one: goal-agent task claim ${taskIds[0]}`);
  });

  it('goal-agent alone says where things stand, and what to do next', () => {
    const shown = atTerminal('', { NO_COLOR: '1', LANG: 'C.UTF-8' });
    expect(shown).toMatch(/Goal Agent \d+\.\d+\.\d+\r\n {2}PostgreSQL server, workspace default/);
    expect(shown).toMatch(new RegExp(`Ready 1\r\n {2}${taskIds[0]} `));
    expect(shown).toContain(`goal-agent task claim ${taskIds[0]}`);
  });

  it('breaks sentences at words, and leaves what a person copies whole', () => {
    const at20 = (args: string) => {
      const shown = execFileSync(
        'script',
        ['-qec', `stty cols 20; '${process.execPath}' '${program}' ${args}`, '/dev/null'],
        {
          env: {
            PATH: process.env.PATH ?? '',
            HOME: '/nonexistent',
            TERM: 'xterm',
            NO_COLOR: '1',
            ...environmentOf(connection),
          },
          encoding: 'utf8',
        },
      );
      return shown.trimEnd().split('\r\n');
    };
    const made = at20('workspace create narrow');
    expect(made.join(' ')).toBe('Made the workspace narrow. A client uses it with GOAL_AGENT_WORKSPACE=narrow.');
    expect(made.filter((line) => line.includes(' ') && cells(line) > 20)).toEqual([]);
    const refused = at20('workspace rename nowhere somewhere || true');
    expect(refused.length).toBeGreaterThan(5);
    expect(refused.filter((line) => line.includes(' ') && cells(line) > 20)).toEqual([]);
    const [secret = '', ...rest] = at20('token create --name narrow --role reader');
    expect(secret).toMatch(/^gat_\d+_\w{49}$/);
    expect(rest.join(' ')).toContain('This is the token of narrow (reader), and it is shown this once.');
    expect(rest.filter((line) => cells(line) > 20)).toEqual([]);
  });

  it('a list that is longer than the screen goes through the pager', () => {
    const paged = atTerminal('log -n 3', { PAGER: 'sed s/^/paged:/', NO_COLOR: '1' });
    expect(paged).not.toContain('paged:');
    expect(atTerminal('call', { PAGER: 'sed s/^/paged:/', NO_COLOR: '1' })).toContain('paged:  create_goal');
    expect(atTerminal('call', { PAGER: 'no-such-pager', NO_COLOR: '1' })).toContain('  create_goal');
  });
});

describe('a table', () => {
  const look = (columns: number) => lookFor({ isTerminal: true, columns, env: { LANG: 'C.UTF-8' }, platform: 'linux' });
  const rows = [['TASK-0001', '○', 'Write the integration tests', '4h', 'claude']];
  const columns = [{ keep: true }, { keep: true }, { flex: true }, { align: 'right' }, {}] as const;

  it('drops its rightmost columns first', () => {
    const at = (width: number) => table(rows, [...columns], look(width))[0];
    expect(at(80)).toBe('  TASK-0001  ○  Write the integration tests  4h  claude');
    expect(at(40)).toBe('  TASK-0001  ○  Write the integrati…  4h');
    expect(at(33)).toBe('  TASK-0001  ○  Write the integr…');
    expect(at(20)).toBe('TASK-0001 ○ Write t…');
    expect(at(8)).toBe('TASK-0001 ○');
  });

  it('measures what a character takes on the screen', () => {
    expect([cells('日本語'), cells('e\u0301'), cells('👩‍👩‍👧'), cells('○')]).toEqual([6, 1, 2, 1]);
    expect(cut('日本語の目標', 7, look(80))).toBe('日本語…');
    expect(wrapped('日本語の目標', { width: 10 }, '')).toEqual(['日本語の目', '標']);
    expect(wrapped('- a list of words', { width: 12 })).toEqual(['  - a list', '  of words']);
  });
});

describe('what only a person may do', () => {
  it('is asked at the terminal, and no option answers', async () => {
    const strict = (await goalAgent(['goal', 'add', 'Criteria', '--strict', '--json'])).stdout;
    const added = await goalAgent([
      ...['task', 'add', JSON.parse(strict).id, 'A task', '--json'],
      ...['--criterion', 'tests pass', '--criterion', 'human: it reads well'],
    ]);
    const [{ id }] = JSON.parse(added.stdout).tasks;
    expect((await goalAgent(['task', 'criteria', id])).stdout).toMatch(
      /1 \S tests pass\n.*2 \S it reads well {2}a person meets it/,
    );
    const early = await goalAgent(['task', 'done', id, '--met', '1']);
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining(`goal-agent task meet ${id}`)]);
    const alone = await goalAgent(['task', 'meet', id, '2']);
    expect([alone.code, alone.stderr]).toEqual([1, expect.stringContaining('only a person meets')]);
    const no = await goalAgent(['token', 'create', '--name', 'ann', '--role', 'writer', '--person']);
    expect([no.code, no.stdout, no.stderr]).toEqual([1, '', expect.stringContaining('Only a person may make')]);

    expect(atTerminal(`task meet ${id} "it reads well"`, {}, 'y\n')).toContain('met by');
    expect((await goalAgent(['task', 'done', id, '--met', 'tests pass'])).stdout).toContain(`${id}`);
    expect((await goalAgent(['task', 'show', id])).stdout).toMatch(/Criteria\n.*1 \S tests pass {2}met by/);
    expect((await json(getTask, 'task', 'show', id)).criteria).toMatchObject([
      { met_by: expect.any(String) },
      { human: true },
    ]);
    atTerminal('token create --name ann --role writer --person', {}, 'y\n');
    expect((await goalAgent(['token', 'list'])).stdout).toMatch(/^ann +writer +person +active/m);
    // whose secret is put anew by a person, too
    expect((await goalAgent(['token', 'rotate', 'ann'])).code).toBe(1);
    await goalAgent(['goal', 'update', JSON.parse(strict).id, '--no-strict']);
    expect((await goalAgent(['goal', 'show', JSON.parse(strict).id])).stdout).toContain('strict');
  });
});
