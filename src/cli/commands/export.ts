import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { GoalAgentError } from '../../domain/errors.ts';
import type { Exported } from '../../legacy/backup/export-json.ts';
import type { Actions } from '../actions.ts';
import { example, goalId } from '../arguments.ts';
import { exportChecklist } from '../export-checklist.ts';
import { write } from '../render/output.ts';
import { count, print } from '../render.ts';

/** Adds `goal-agent export …`: the way out, and the way back. */
export function addExportCommands(program: Command, actions: Actions): void {
  const group = program.command('export').description('write the workspace to files; nothing is ever overwritten');
  example(group.command('v2'), 'goal-agent export v2 v2-files')
    .argument('<directory>', 'the directory for goals.json, tasks.json and counters.json')
    .option('--timezone <name>', "the time zone of the written timestamps, which name none (default: this machine's)")
    .description('write the files that v2.3 reads')
    .action(async (directory: string, options: { timezone?: string }) => {
      const { exportV2 } = await import('../../legacy/v2/export-v2.ts');
      const { goals, tasks, timezone } = await actions.withCall('export', (call) => exportV2(call, directory, options));
      print(`Wrote ${count(goals, 'goal')} and ${count(tasks, 'task')} to ${directory}, times as in ${timezone}.`);
    });
  example(group.command('json'), 'goal-agent export json goals.json')
    .argument('<file>', 'the file to write; it must not exist yet')
    .description('write everything, history and notes included')
    .action(async (file: string) => {
      const { exportJson } = await import('../../legacy/backup/export-json.ts');
      const exported = await actions.withCall('export', (call) => exportJson(call, file));
      print(`Wrote ${counted(exported)} to ${file}.`);
    });
  addMarkdownCommand(group, actions);
}

function addMarkdownCommand(group: Command, actions: Actions): void {
  const command = group
    .command('md')
    .argument('<goal>', 'GOAL-0001, or its number', goalId)
    .argument('[file]', 'the file to write, which must not exist yet; stdout when left out')
    .description('write one goal as a Markdown checklist, which goal-agent break reads as the same tasks');
  example(command, 'goal-agent export md GOAL-0001').action(async (id: string, file: string | undefined) => {
    const { text, tasks } = await actions.withTools(({ call }) => exportChecklist(call, id));
    if (file === undefined || file === '-') return write(text);
    await writeNew(file, text);
    print(`Wrote ${count(tasks, 'task')} to ${file}.`);
  });
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'EEXIST' ? 'it is there already, and nothing is overwritten' : message;
    throw new GoalAgentError('conflict', `${file} was not written: ${reason}.`);
  }
}

export function counted({ goals, tasks, notes, events }: Exported): string {
  return `${count(goals, 'goal')}, ${count(tasks, 'task')}, ${count(notes, 'note')} and ${count(events, 'event')}`;
}
