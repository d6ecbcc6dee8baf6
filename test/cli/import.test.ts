import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { foreignTools, toolNames } from '../../src/exchange/foreign/tools.ts';
import { aCall } from '../support/database.ts';
import { commandsOn } from './support.ts';

/** What a user of these tools has in a project. */
const files = {
  'task-master/tasks.json': '.taskmaster/tasks/tasks.json',
  'beads/issues.jsonl': '.beads/issues.jsonl',
  'markdown/TODO.md': 'TODO.md',
  'csv/tasks.csv': 'tasks.csv',
};

function aProject(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-import-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  for (const [fixture, place] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, place)), { recursive: true });
    cpSync(path.join('test/fixtures', fixture), path.join(folder, place), { recursive: true });
  }
  return folder;
}

describe('goal-agent import', () => {
  it('takes over the files of each tool, from the example of its help', { timeout: 300_000 }, async () => {
    const { connection, sql } = await aCall();
    const { goalAgent } = commandsOn(connection);
    const cwd = aProject();
    const rows = async () => Number((await sql.query('select count(*) from tasks')).rows[0].count);
    for (const tool of toolNames) {
      const { stdout: help } = await goalAgent(['import', tool, '--help']);
      const [, example = ''] = /^ {2}\$ goal-agent (.*)$/m.exec(help) ?? [];
      const before = await rows();
      const dry = await goalAgent(example.split(' '), { cwd });
      expect([tool, dry.code, dry.stderr]).toEqual([tool, 0, '']);
      expect(dry.stdout).toContain(`${foreignTools[tool].title}: `);
      expect(dry.stdout).toContain('; would import ');
      expect(await rows()).toBe(before);
      const { code, stdout } = await goalAgent(example.replace(' --dry-run', ' --json').split(' '), { cwd });
      const { kind, report } = JSON.parse(stdout);
      expect([tool, code, kind]).toEqual([tool, 0, 'imported']);
      expect(await rows()).toBe(before + report.imported.tasks);
      expect(report.imported.tasks).toBeGreaterThan(2);
    }
  });

  it('finds out whose file it is, or asks; and refuses what is nobody’s', async () => {
    const { connection } = await aCall();
    const { goalAgent } = commandsOn(connection);
    const cwd = aProject();
    const guessed = await goalAgent(['import', '.beads/issues.jsonl', '--dry-run'], { cwd });
    expect([guessed.code, guessed.stdout.split(': ')[0]]).toEqual([0, 'Beads']);
    const several = await goalAgent(['import', '.'], { cwd });
    expect([several.code, several.stderr]).toEqual([2, expect.stringContaining('may be of task-master, beads')]);
    const none = await goalAgent(['import', 'task-master', 'nowhere.json'], { cwd });
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toContain('nowhere.json holds no file of Task Master');
    expect((await goalAgent(['import'])).code).toBe(2);
  });
});
