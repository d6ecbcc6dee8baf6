import type { Command } from 'commander';
import type { Exported } from '../../legacy/backup/export-json.ts';
import type { Actions } from '../actions.ts';
import { count, print } from '../render.ts';

/** Adds `goal-agent export …`: the way out, and the way back. */
export function addExportCommands(program: Command, actions: Actions): void {
  const group = program.command('export').description('write the workspace to files; nothing is ever overwritten');
  group
    .command('v2')
    .argument('<directory>', 'the directory for goals.json, tasks.json and counters.json')
    .option('--timezone <name>', "the time zone of the written timestamps, which name none (default: this machine's)")
    .description('write the files that v2.3 reads')
    .action(async (directory: string, options: { timezone?: string }) => {
      const { exportV2 } = await import('../../legacy/v2/export-v2.ts');
      const { goals, tasks, timezone } = await actions.withCall('export', (call) => exportV2(call, directory, options));
      print(`Wrote ${count(goals, 'goal')} and ${count(tasks, 'task')} to ${directory}, times as in ${timezone}.`);
    });
  group
    .command('json')
    .argument('<file>', 'the file to write; it must not exist yet')
    .description('write everything, history and notes included')
    .action(async (file: string) => {
      const { exportJson } = await import('../../legacy/backup/export-json.ts');
      const exported = await actions.withCall('export', (call) => exportJson(call, file));
      print(`Wrote ${counted(exported)} to ${file}.`);
    });
}

export function counted({ goals, tasks, notes, events }: Exported): string {
  return `${count(goals, 'goal')}, ${count(tasks, 'task')}, ${count(notes, 'note')} and ${count(events, 'event')}`;
}
