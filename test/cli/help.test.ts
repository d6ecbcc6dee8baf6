import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { Actions } from '../../src/cli/actions.ts';
import { addCommands } from '../../src/cli/commands.ts';
import { completionFor } from '../../src/cli/completion.ts';
import { saveTemplate } from '../../src/service/templates/templates.ts';
import { afterFile } from '../support/after-file.ts';
import { aGoal, someTasks } from '../support/builders.ts';
import { aCall } from '../support/database.ts';
import { commandsOn } from './support.ts';

const tree = new Command('goal-agent');
// commands are only looked at here, and none is run
addCommands(tree, {} as Actions);

/** Commands whose examples other tests run: they stay, start a service, or need what is not here. */
const runElsewhere = [
  /^(?:watch|serve|dashboard|run|start|stop|restart|status|logs|test|config|doctor|setup|service .*)$/,
  /^(?:import (?!report).*|webhook (?!list).*|token .*|workspace .*|archive restore)$/,
];

function leaves(command: Command, before: string[] = []): { name: string; help: string }[] {
  const name = [...before, command.name()];
  if (command.commands.length > 0) return command.commands.flatMap((each) => leaves(each, name));
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  return [{ name: name.slice(1).join(' '), help }];
}

const commands = leaves(tree).filter(({ name }) => name !== 'complete');
const examples = commands.flatMap(({ name, help }) =>
  [...help.matchAll(/^ {2}\$ goal-agent (.*)$/gm)].map(([, line = '']) => ({ name, line })),
);

describe('the help', () => {
  it('of every command has an example', () => {
    expect(commands.length).toBeGreaterThan(50);
    expect(commands.filter(({ name }) => !examples.some((each) => each.name === name))).toEqual([]);
  });

  it('has examples that work', { timeout: 600_000 }, async () => {
    const { call, connection } = await aCall();
    const { goalAgent } = commandsOn(connection);
    const cwd = mkdtempSync(path.join(tmpdir(), 'goal-agent-help-'));
    afterFile(() => rmSync(cwd, { recursive: true, force: true }));
    writeFileSync(path.join(cwd, 'plan.md'), '- Design (4h)\n');
    writeFileSync(path.join(cwd, 'plan.yaml'), '- Design\n');
    const release = 'description: Release {{version}}\ntasks:\n- description: Tag {{version}}\n';
    writeFileSync(path.join(cwd, 'release.yaml'), release);
    await someTasks(call, await aGoal(call, 'Add OAuth'), 4);
    await aGoal(call);
    for (const { line } of examples.filter(({ name }) => !runElsewhere.some((form) => form.test(name)))) {
      const args = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
        (found) => found[1] ?? found[2] ?? found[3] ?? '',
      );
      const { code, stderr } = await goalAgent(args, { cwd });
      expect([line, code, stderr]).toEqual([line, 0, '']);
    }
  });
});

describe('completion', () => {
  it('knows commands, options, their words, and where an ID belongs', () => {
    const at = (...words: string[]) => {
      const { words: found, ids } = completionFor(tree, words);
      return { found, ids };
    };
    expect(at('').found).toEqual(expect.arrayContaining(['goal', 'task', 'plan', 'serve']));
    expect(at('').found).not.toContain('complete');
    expect(at('task', '').found).toEqual(expect.arrayContaining(['list', 'claim', 'done']));
    expect(at('task', 'list', '--').found).toEqual(expect.arrayContaining(['--goal', '--status', '--help']));
    expect(at('task', 'list', '--status', '').found).toEqual([
      'pending',
      'in_progress',
      'completed',
      'failed',
      'blocked',
      'cancelled',
      'deferred',
    ]);
    expect(at('task', 'list', '--goal', 'GO').ids).toEqual(['goal']);
    expect(at('task', 'claim', 'TASK-0001', '').ids).toEqual(['task']);
    expect(at('note', '').ids).toEqual(['goal', 'task']);
    expect(at('template', 'apply', '').ids).toEqual(['template']);
    expect(at('template', 'apply', 'release', '--parent', '').ids).toEqual(['goal']);
    expect(at('template', 'save', '').ids).toEqual([]);
    expect(at('note', 'TASK-0001', '')).toEqual({ found: [], ids: [] });
    expect(at('call', 'get').found).toContain('get_goal');
    expect(at('completion', '').found).toEqual(['bash', 'zsh', 'fish']);
  });

  it('asks the workspace for IDs, and is silent where it cannot', async () => {
    const { call, connection } = await aCall();
    const goal = await aGoal(call);
    const { goalAgent, lines } = commandsOn(connection);
    expect(await lines('complete', '--', 'plan', 'goal-')).toEqual([goal]);
    await saveTemplate(call, 'release', { description: 'Release', tasks: [{ description: 'Tag it' }] });
    expect(await lines('complete', '--', 'template', 'apply', 're')).toEqual(['release']);
    expect(await lines('complete', '--', 'template', 'apply', 'x')).toEqual(['']);
    const away = { env: { POSTGRES_PORT: '1' } };
    expect(await goalAgent(['complete', '--', 'plan', ''], away)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await goalAgent(['completion', 'tcsh'])).code).toBe(2);
  });
});
