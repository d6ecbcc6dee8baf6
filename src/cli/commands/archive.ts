import type { Command } from 'commander';
import type { Since } from '../../domain/since.ts';
import { oneLine } from '../../domain/stored-text.ts';
import { archiveGoals, listGoalsToArchive } from '../../service/archive-goals.ts';
import type { Actions, CommandHost } from '../actions.ts';
import type { JsonOption } from '../answers.ts';
import { nothingArchived, pastOf } from '../archiving.ts';
import { example, since, withJson } from '../arguments.ts';
import { confirm } from '../confirm.ts';
import { progressLine } from '../progress.ts';
import { ago } from '../render/details.ts';
import { hint, look, print, printJson, show } from '../render/output.ts';
import { table } from '../render/table.ts';
import { count } from '../render/text.ts';
import { addArchiveHistoryCommands } from './archive-history.ts';

interface ArchiveOptions extends JsonOption {
  olderThan: string;
  dryRun?: boolean;
  yes?: boolean;
}

/** Goals that a preview shows. */
const shownGoals = 20;

/** Adds `goal-agent archive …`. */
export function addArchiveCommands(program: Command, actions: Actions): void {
  const group = program
    .command('archive')
    .description('take out of the way what is long finished; shows it first, and asks');
  const goals = group
    .command('goals')
    .requiredOption('--older-than <when>', 'goals that nothing has changed since: 90d, 2w, 2026-01-31', since)
    .option('--dry-run', 'show what would be archived, and change nothing')
    .option('-y, --yes', 'do it without asking')
    .description('take goals that are completed or cancelled out of the lists; goal-agent undo takes it back');
  addArchiveHistoryCommands(group, actions);
  example(withJson(goals), 'goal-agent archive goals --older-than 90d --dry-run').action((options: ArchiveOptions) =>
    actions.withTools((host) => runGoals(host, options)),
  );
}

async function runGoals(host: CommandHost, { olderThan, dryRun = false, yes = false, json = false }: ArchiveOptions) {
  const before = pastOf(olderThan);
  const { goals, total } = await listGoalsToArchive(host.call, before, shownGoals);
  if (!json) await preview(goals, total);
  const question = `Archive ${count(total, 'goal')}?`;
  const isWanted = !dryRun && total > 0 && (yes || (!json && (await confirm(question))));
  const done = isWanted ? await archive(host, before, total) : { goals: 0, operations: [] };
  if (json) printJson({ found: total, archived: done.goals, event_ids: done.operations, goals });
  else if (isWanted) printDone(done);
  else if (total > 0) print(nothingArchived(dryRun));
}

async function preview(goals: Awaited<ReturnType<typeof listGoalsToArchive>>['goals'], total: number): Promise<void> {
  if (total === 0) {
    print('There is no completed or cancelled goal that nothing has changed since then.');
    return;
  }
  const { colours } = look();
  const rows = goals.map(({ id, description, status, total_tasks, updated_at }) => [
    ...[id, oneLine(description, 200), status, count(total_tasks, 'task')],
    { text: ago(updated_at), paint: colours.muted },
  ]);
  await show([
    ...table(rows, [{ keep: true }, { flex: true }, {}, { align: 'right' }, { align: 'right' }], look()),
    ...(total > goals.length ? hint(`and ${total - goals.length} more`) : []),
  ]);
}

async function archive({ call }: CommandHost, before: Since, total: number) {
  const progress = progressLine('archiving');
  try {
    return await archiveGoals(call, before, (goals) => progress.show(Math.min(goals, total), total));
  } finally {
    progress.end();
  }
}

function printDone({ goals, operations }: { goals: number; operations: number[] }): void {
  print(`Archived ${count(goals, 'goal')}: goal-agent goal list --status archived shows them.`);
  for (const operation of operations) print(`To have them back in the lists: goal-agent undo ${operation}`);
}
