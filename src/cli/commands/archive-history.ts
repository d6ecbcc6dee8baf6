import path from 'node:path';
import type { Command } from 'commander';
import { GoalAgentError } from '../../domain/errors.ts';
import { exportName } from '../../legacy/backup/export-name.ts';
import {
  findCut,
  finishRemoval,
  type HistoryArchive,
  type HistoryCut,
  listArchives,
} from '../../service/history-archives.ts';
import type { Actions, CommandHost } from '../actions.ts';
import type { JsonOption } from '../answers.ts';
import { nothingArchived, pastOf } from '../archiving.ts';
import { example, since, withJson } from '../arguments.ts';
import { confirm } from '../confirm.ts';
import { progressLine } from '../progress.ts';
import { look, print, printJson, show } from '../render/output.ts';
import { table } from '../render/table.ts';
import { count } from '../render/text.ts';
import { clock } from '../render/time.ts';

interface HistoryOptions extends JsonOption {
  olderThan: string;
  dryRun?: boolean;
  yes?: boolean;
}

const dayMs = 86_400_000;

/** Adds `goal-agent archive history`, `list` and `restore`. */
export function addArchiveHistoryCommands(group: Command, actions: Actions): void {
  const history = group
    .command('history')
    .argument('[file]', 'must not be there yet (default: the workspace and the time, in this folder)')
    .requiredOption('--older-than <when>', 'what happened before: 365d, 2026-01-31; a day ago at least', since)
    .option('--dry-run', 'show how much would go, and change nothing')
    .option('-y, --yes', 'do it without asking')
    .description('write old history to a file, and take it out of the database; goals, tasks and notes stay');
  example(withJson(history), 'goal-agent archive history --older-than 365d --dry-run').action(
    (file: string | undefined, options: HistoryOptions) =>
      actions.withTools((host) => runHistory(actions, host, { file, ...options })),
  );
  example(withJson(group.command('list')), 'goal-agent archive list')
    .description('the files that history went to, the newest first')
    .action(({ json = false }: JsonOption) => actions.withTools((host) => runList(host, json)));
  example(withJson(group.command('restore').argument('<file>')), 'goal-agent archive restore history.gz')
    .description('bring the history of a file back, the newest file first; all of it, or nothing')
    .action((file: string, { json = false }: JsonOption) => actions.withTools((host) => runRestore(host, file, json)));
}

async function runHistory(
  actions: Actions,
  host: CommandHost,
  { file: given, olderThan, dryRun = false, yes = false, json = false }: HistoryOptions & { file: string | undefined },
): Promise<void> {
  const before = pastOf(olderThan);
  const isRecent = 'at' in before ? Date.now() - Date.parse(before.at) < dayMs : before.secondsAgo * 1_000 < dayMs;
  if (isRecent) {
    throw new GoalAgentError(
      'invalid',
      '--older-than has to be a day at least: the requests of a day are answered from the history.',
    );
  }
  const file = path.resolve(given ?? exportName(`history-${host.call.store.workspace}`).replace(/\.json$/, '.gz'));
  const cut = await findCut(host.call, before);
  if (cut === undefined) {
    const left = dryRun ? 0 : await finishRemoval(host.call);
    if (json) printJson({ operations: 0, events: 0, archived: false });
    else if (left > 0)
      print(`Removed ${count(left, 'operation')} that a run before had written to its file and left here.`);
    else print('Nothing in the history is as old.');
    return;
  }
  if (!json) {
    print(`${counted(cut)}, from ${clock(cut.first_at)} to ${clock(cut.last_at)}, would go to ${file}.`);
    print('After that get_history and log begin later, and these operations cannot be undone until they are restored.');
  }
  const isWanted = !dryRun && (yes || (!json && (await confirm('Archive them?'))));
  if (isWanted) await archive(actions, host, cut, file);
  const { operations, events, first_at, last_at } = cut;
  if (json) printJson({ operations, events, first_at, last_at, archived: isWanted, ...(isWanted && { file }) });
  else if (isWanted) {
    print(`Archived ${counted(cut)}. Keep ${file}: it is the only place that has them.`);
    print(`To have them back: goal-agent archive restore ${file}`);
  } else print(nothingArchived(dryRun));
}

async function archive(actions: Actions, { call }: CommandHost, cut: HistoryCut, file: string): Promise<void> {
  const { archiveHistory } = await import('../../exchange/history/archive-history.ts');
  const lines = { writing: progressLine('writing the archive'), removing: progressLine('removing what is in it') };
  try {
    await archiveHistory(call, cut, file, {
      program: actions.version,
      onProgress: (what, done, total) => lines[what].show(done, total),
    });
  } finally {
    lines.writing.end();
    lines.removing.end();
  }
}

async function runList({ call }: CommandHost, json: boolean): Promise<void> {
  const archives = await listArchives(call);
  if (json) {
    printJson(archives.map(({ mark: _, ...row }) => row));
    return;
  }
  if (archives.length === 0) {
    print('No history of this workspace went to a file.');
    return;
  }
  const rows = archives.map((row) => [
    ...[row.file, `until ${clock(row.last_at)}`, counted(row)],
    `archived ${clock(row.archived_at)} by ${row.archived_by}`,
  ]);
  await show(table(rows, [{ keep: true }, {}, {}, {}], look()));
}

async function runRestore({ call }: CommandHost, file: string, json: boolean): Promise<void> {
  const { restoreHistory } = await import('../../exchange/history/restore-history.ts');
  const { operations, events, head } = await restoreHistory(call, file);
  if (json) printJson({ operations, events, first_at: head.first_at, last_at: head.last_at });
  else
    print(`Brought back ${counted({ operations, events })}, from ${clock(head.first_at)} to ${clock(head.last_at)}.`);
}

function counted({ operations, events }: Pick<HistoryArchive, 'operations' | 'events'>): string {
  return `${count(operations, 'operation')} with ${count(events, 'event')}`;
}
