import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { GoalAgentError } from '../../domain/errors.ts';
import type { Exported } from '../../legacy/backup/export-json.ts';
import type { Actions } from '../actions.ts';
import { example, goalId } from '../arguments.ts';
import { exportChecklist, exportChecklists } from '../export-checklist.ts';
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
  addTableCommands(group, actions);
  addMarkdownCommand(group, actions);
}

interface OfGoal {
  goal?: string;
}

/** For other programs: a table, and lines of JSON. */
function addTableCommands(group: Command, actions: Actions): void {
  const file = ['[file]', 'the file to write, which must not exist yet; stdout when left out'] as const;
  const ofGoal = ['--goal <goal>', 'one goal, GOAL-0001 or its number; all goals when left out', goalId] as const;
  example(group.command('csv'), 'goal-agent export csv tasks.csv')
    .argument(...file)
    .option(...ofGoal)
    .description('write a table of the tasks, for spreadsheets; goal-agent import csv reads it as the same tasks')
    .action(async (name: string | undefined, { goal }: OfGoal) => {
      const { readPlan } = await import('../../exchange/export/read-plan.ts');
      const { csvOf } = await import('../../exchange/export/csv.ts');
      const rows = await actions.withTools(({ call }) => readPlan(call, goal));
      return writeOut(name, [csvOf(rows)], count(rows.tasks.length, 'task'));
    });
  example(group.command('jsonl'), 'goal-agent export jsonl tasks.jsonl')
    .argument(...file)
    .option(...ofGoal)
    .description('write goals, tasks and notes for programs: a line of JSON for each')
    .action(async (name: string | undefined, { goal }: OfGoal) => {
      const { readPlan } = await import('../../exchange/export/read-plan.ts');
      const { jsonLinesOf } = await import('../../exchange/export/jsonl.ts');
      const rows = await actions.withTools(({ call }) => readPlan(call, goal));
      const { goals, tasks, notes } = rows;
      const written = `${count(goals.length, 'goal')}, ${count(tasks.length, 'task')} and ${count(notes.length, 'note')}`;
      return writeOut(name, jsonLinesOf(rows), written);
    });
}

async function writeOut(file: string | undefined, parts: Iterable<string>, written: string): Promise<void> {
  if (file === undefined || file === '-') {
    for (const part of parts) write(part);
    return;
  }
  await writeNew(file, parts);
  print(`Wrote ${written} to ${file}.`);
}

function addMarkdownCommand(group: Command, actions: Actions): void {
  const command = group
    .command('md')
    .alias('markdown')
    .argument('<goal>', 'GOAL-0001, or its number; or all', goalOrAll)
    .argument('[file]', 'the file to write, which must not exist yet; stdout when left out')
    .description('write goals as Markdown checklists, which goal-agent break and import read as the same tasks');
  example(command, 'goal-agent export md GOAL-0001').action(async (id: string, file: string | undefined) => {
    const { text, tasks } = await actions.withTools(({ call }) =>
      id === 'all' ? exportChecklists(call) : exportChecklist(call, id),
    );
    return writeOut(file, [text], count(tasks, 'task'));
  });
}

function goalOrAll(text: string): string {
  return text === 'all' ? text : goalId(text);
}

async function writeNew(file: string, parts: Iterable<string>): Promise<void> {
  try {
    await writeFile(file, parts, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'EEXIST' ? 'it is there already, and nothing is overwritten' : message;
    throw new GoalAgentError('conflict', `${file} was not written: ${reason}.`);
  }
}

export function counted({ goals, tasks, notes, events }: Exported): string {
  return `${count(goals, 'goal')}, ${count(tasks, 'task')}, ${count(notes, 'note')} and ${count(events, 'event')}`;
}
