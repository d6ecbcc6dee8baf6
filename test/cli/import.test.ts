import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { Actions } from '../../src/cli/actions.ts';
import { addImportCommands } from '../../src/cli/commands/import.ts';
import { foreignTools, toolNames } from '../../src/exchange/foreign/tools.ts';
import { updateGoal } from '../../src/service/goals.ts';
import { afterFile } from '../support/after-file.ts';
import { aGoal } from '../support/builders.ts';
import { aCall } from '../support/database.ts';
import { commandsOn } from './support.ts';

/** What a user of these tools has in a project. */
const files = {
  'task-master/tasks.json': '.taskmaster/tasks/tasks.json',
  'beads/issues.jsonl': '.beads/issues.jsonl',
  'markdown/TODO.md': 'TODO.md',
  'csv/tasks.csv': 'tasks.csv',
  'backlog-md/backlog': 'backlog',
  'shrimp/tasks.json': 'shrimp_data/tasks.json',
  'claude-code': '.claude',
  'taskwarrior/tasks.json': 'tasks.json',
};

function aProject(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-import-'));
  afterFile(() => rmSync(folder, { recursive: true, force: true }));
  for (const [fixture, place] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, place)), { recursive: true });
    cpSync(path.join('test/fixtures', fixture), path.join(folder, place), { recursive: true });
  }
  return folder;
}

const tree = new Command('goal-agent');
// commands are only looked at here, and none is run
addImportCommands(tree, {} as Actions);

function exampleOf(tool: string): string[] {
  const command = tree.commands[0]?.commands.find((each) => each.name() === tool);
  let help = '';
  command?.configureOutput({ writeOut: (text) => (help += text) });
  command?.outputHelp();
  return (/^ {2}\$ goal-agent (.*)$/m.exec(help)?.[1] ?? '').split(' ');
}

describe('goal-agent import', () => {
  it('takes over the files of each tool, as the example of its help says', { timeout: 300_000 }, async () => {
    const { connection, sql } = await aCall();
    const { goalAgent } = commandsOn(connection);
    const cwd = aProject();
    const rows = async () => Number((await sql.query('select count(*) from tasks')).rows[0].count);
    for (const tool of toolNames) {
      const { code, stdout, stderr } = await goalAgent(exampleOf(tool), { cwd });
      expect([tool, code, stderr]).toEqual([tool, 0, '']);
      expect(stdout).toContain(`${foreignTools[tool].title}: `);
      expect(stdout).toContain('; would import ');
    }
    expect(await rows()).toBe(0);
    const written = await goalAgent(['import', 'backlog-md', '.', '--json'], { cwd });
    const { kind, report } = JSON.parse(written.stdout);
    expect([kind, report.imported.tasks, await rows()]).toEqual(['imported', 8, 8]);
    const again = await goalAgent(['import', 'backlog-md', 'backlog'], { cwd });
    expect(again.stdout).toContain('imported 0 goals, 0 tasks, 0 dependencies');
    const reports = await goalAgent(['import', 'report']);
    expect(reports.stdout).toContain('TASK-0001: it is new, TASK-1');
  });

  it('shows in a dry run which goal comes under which, of a table that export csv wrote', async () => {
    const { connection, call } = await aCall();
    const { lines } = commandsOn(connection);
    const top = await aGoal(call, 'top');
    await updateGoal(call, await aGoal(call, 'part'), { parent_goal_id: top });
    const table = path.join(aProject(), 'goals.csv');
    await lines('export', 'csv', table);
    const shown = await lines('import', 'csv', table, '--dry-run');
    expect(shown).toContain('GOAL-0004: it is new, GOAL-0002, under GOAL-0003');
    await lines('import', 'csv', table);
    const report = await lines('import', 'report');
    expect(report.map((line) => line.trim())).toContain('GOAL-0004: it is new, GOAL-0002, under GOAL-0003');
  });

  it('finds out whose file it is, or asks; and refuses what is nobody’s', async () => {
    const { connection } = await aCall();
    const { goalAgent } = commandsOn(connection);
    const cwd = aProject();
    const guessed = await goalAgent(['import', '.beads/issues.jsonl', '--dry-run'], { cwd });
    expect([guessed.code, guessed.stdout.split(': ')[0]]).toEqual([0, 'Beads']);
    const several = await goalAgent(['import', '.'], { cwd });
    expect([several.code, several.stderr]).toEqual([2, expect.stringContaining('may be of task-master, beads, ')]);
    writeFileSync(path.join(cwd, 'empty.jsonl'), '');
    expect((await goalAgent(['import', 'empty.jsonl'], { cwd })).stderr).toContain('is of no tool that is known');
    const none = await goalAgent(['import', 'task-master', 'nowhere.json'], { cwd });
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toContain('nowhere.json holds no file of Task Master');
    expect((await goalAgent(['import'])).code).toBe(2);
  });
});
