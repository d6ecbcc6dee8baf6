import { type Command, InvalidArgumentError } from 'commander';
import { GoalAgentError } from '../../domain/errors.ts';
import type { RowCounts } from '../../exchange/backup/format.ts';
import type { Actions } from '../actions.ts';
import { example, wholeNumber } from '../arguments.ts';
import { type Every, isEvery } from '../every.ts';
import { progressLine } from '../progress.ts';
import { printJson } from '../render/output.ts';
import { count, print } from '../render.ts';

/** Adds `goal-agent backup` and `goal-agent restore`. */
export function addBackupCommands(program: Command, actions: Actions): void {
  const command = example(
    program.command('backup'),
    'goal-agent backup goals.backup',
    'goal-agent backup --every 1d --keep 7 ~/backups',
    'goal-agent backup --every off',
  )
    .argument('[file]', 'must not be there yet; with --every, the folder of the backups')
    .option('--every <time>', 'let the service make one so often, such as 12h or 1d, from now on; or off', every)
    .option('--keep <number>', 'with --every: how many stay (default: 7)', kept)
    .option('--json', 'print what was written or set as JSON')
    .description('write every workspace to a file: one consistent state, compressed, with a checksum')
    .action(async (file: string | undefined, options: BackupOptions) => {
      const { every: often, keep, json = false } = options;
      if (often === undefined && keep !== undefined) command.error('error: --keep goes with --every');
      if (file === undefined && often !== 'off') command.error("error: missing required argument 'file'");
      if (file !== undefined && often === 'off') command.error('error: --every off takes no folder');
      if (often !== undefined) {
        const { scheduleBackups } = await import('../backup-schedule.ts');
        return scheduleBackups(actions, {
          every: often,
          json,
          ...(keep !== undefined && { keep }),
          ...(file !== undefined && { directory: file }),
        });
      }
      return backup(actions, file ?? '', json);
    });
  example(
    program.command('restore'),
    'goal-agent restore goals.backup --check',
    'goal-agent restore goals.backup --workspace default --as copy',
  )
    .argument('<file>', 'written by goal-agent backup')
    .option('--workspace <name>', 'restore only this workspace of the backup, as a new one')
    .option('--as <name>', 'the name of the new workspace (default: that of the backup)')
    .option('--check', 'read the file to its end and restore nothing')
    .option('--json', 'print what was found or restored as JSON')
    .description('restore a backup into an empty database; all of it, or nothing')
    .action((file: string, options: RestoreOptions) => restore(actions, file, options));
}

interface BackupOptions {
  every?: Every;
  keep?: number;
  json?: boolean;
}

function every(text: string): Every {
  if (isEvery(text)) return text;
  throw new InvalidArgumentError('Write a time from 1m to 52w, such as 12h or 1d, or off.');
}

function kept(text: string): number {
  const number = wholeNumber(text);
  if (number <= 10_000) return number;
  throw new InvalidArgumentError('Write a whole number from 1 to 10000.');
}

interface RestoreOptions {
  workspace?: string;
  as?: string;
  check?: boolean;
  json?: boolean;
}

async function backup(actions: Actions, file: string, json: boolean): Promise<void> {
  const { writeBackup } = await import('../../exchange/backup/write-backup.ts');
  const { verifyBackup } = await import('../../exchange/backup/read-backup.ts');
  const progress = progressLine('writing the backup');
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const rows = await actions
    .withConnection((connection) =>
      writeBackup(connection, file, { program: actions.version, onProgress: progress.show, signal: stopping.signal }),
    )
    .finally(() => {
      progress.end();
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    });
  await verifyBackup(file);
  if (json) printJson({ file, rows });
  else print(`Wrote ${counted(rows)} to ${file}, and read the file back to its end.`);
}

async function restore(actions: Actions, file: string, { workspace, as, check, json }: RestoreOptions): Promise<void> {
  const { verifyBackup } = await import('../../exchange/backup/read-backup.ts');
  if (as !== undefined && workspace === undefined) {
    throw new GoalAgentError('invalid', '--as names the copy of one workspace; say which one with --workspace.');
  }
  if (check === true) {
    const { head, rows } = await verifyBackup(file);
    if (json) printJson({ file, at: head.at, rows });
    else print(`${file} is whole: ${counted(rows)}, as of ${head.at}.`);
    return;
  }
  const { restoreBackup } = await import('../../exchange/backup/restore-backup.ts');
  const progress = progressLine('restoring');
  const part = workspace === undefined ? undefined : { workspace, as: as ?? workspace };
  const rows = await actions
    .withConnection((connection) => restoreBackup(connection, file, { part, onProgress: progress.show }))
    .finally(progress.end);
  if (json) printJson({ file, rows });
  else print(`Restored ${counted(rows)}${part === undefined ? '' : ` as the workspace ${part.as}`}.`);
}

function counted({ workspaces = 0, goals = 0, tasks = 0, notes = 0, events = 0 }: RowCounts): string {
  const parts = [count(goals, 'goal'), count(tasks, 'task'), count(notes, 'note'), count(events, 'event')];
  return `${workspaces > 0 ? `${count(workspaces, 'workspace')} with ` : ''}${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
