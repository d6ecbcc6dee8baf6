import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ImportOutcome } from '../../legacy/import-records.ts';
import type { Call } from '../../service/call.ts';
import type { Actions } from '../actions.ts';
import { example } from '../arguments.ts';
import { progressLine } from '../progress.ts';
import { printJson } from '../render/output.ts';
import { count, print } from '../render.ts';
import { counted } from './export.ts';
import { addForeignImports } from './import-foreign.ts';

interface ImportOptions {
  dryRun?: boolean;
  onConflict?: 'skip' | 'renumber' | 'overwrite';
  timezone?: string;
  json?: boolean;
}

/** Adds `goal-agent import …`, which takes over the data of older versions and other stores. */
export function addImportCommands(program: Command, actions: Actions): void {
  const group = program
    .command('import')
    .description("take over other tools' tasks, the data of older versions, or an export");
  addForeignImports(group, actions);
  withImportOptions(
    example(group.command('v2'), 'goal-agent import v2 data/goals --dry-run').argument(
      '<directory>',
      'the directory with goals.json, tasks.json and counters.json',
    ),
  )
    .description('take over the JSON files of v2.x; the files are only read')
    .action(async (directory: string, options: ImportOptions) => {
      const { V2Directory } = await import('../../legacy/v2/v2-directory.ts');
      const { importV2 } = await import('../../legacy/v2/import-v2.ts');
      const files = new V2Directory(directory).lookAhead();
      return runImport(actions, options, 'import v2', (call, progress) =>
        importV2(call, files, { ...options, onProgress: progress }),
      );
    });
  withImportOptions(
    example(group.command('v2-redis'), 'goal-agent import v2-redis --url redis://localhost:6379/0 --dry-run'),
  )
    .requiredOption('--url <url>', 'the Redis that v2 used: redis://:password@host:6379/0')
    .option('--files <directory>', 'v2 files to merge with it; of each record the newer version counts')
    .description('take over the data that v2.x kept in Redis; Redis is only read')
    .action(async (options: ImportOptions & { url: string; files?: string }) => {
      const { importRedis } = await import('../../legacy/redis/import-redis.ts');
      return runImport(actions, options, 'import v2', (call, progress) =>
        importRedis(call, options.url, { ...options, onProgress: progress }),
      );
    });
  example(group.command('json'), 'goal-agent import json goals.json')
    .argument('<file>', 'a file that goal-agent export json wrote')
    .description('restore an export into an empty workspace')
    .action(async (file: string) => {
      const { importJson } = await import('../../legacy/backup/import-json.ts');
      const restored = await actions.withCall('import json', (call) => importJson(call, file));
      print(`Restored ${counted(restored)}.`);
    });
  example(group.command('drop-legacy'), 'goal-agent import drop-legacy')
    .description('drop legacy_goals and legacy_tasks, which the conversion of a Python v3.0 database kept')
    .action(() => dropLegacy(actions));
  example(group.command('report'), 'goal-agent import report')
    .description('show the reports of all imports')
    .option('--json', 'everything, as JSON')
    .action((options: { json?: boolean }) => showReports(actions, options.json === true));
}

function withImportOptions(command: Command): Command {
  return command
    .option('--dry-run', 'print the report and write nothing')
    .addOption(
      new Option('--on-conflict <what>', 'the treatment of a row whose ID exists already (default: skip)').choices([
        'skip',
        'renumber',
        'overwrite',
      ]),
    )
    .option(
      '--timezone <name>',
      "the time zone of timestamps without one, such as Europe/Paris (default: this machine's)",
      notEmpty,
    )
    .option('--json', 'print the report as JSON');
}

function notEmpty(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('The value is empty.');
  return value;
}

type Import = (call: Call, progress: (done: number, total: number) => void) => Promise<ImportOutcome>;

async function runImport(actions: Actions, options: ImportOptions, actor: string, work: Import): Promise<void> {
  const { describeReport } = await import('../../legacy/describe-report.ts');
  const progress = progressLine('importing');
  const outcome = await actions.withCall(actor, (call) => work(call, progress.show)).finally(() => progress.end());
  if (options.json === true) printJson(outcome);
  else if (outcome.kind === 'already') {
    print(`This content was imported on ${outcome.importedAt}; nothing was done.`);
    print(
      'goal-agent import report shows what that import changed. To import the content again, choose --on-conflict.',
    );
  } else {
    for (const line of describeReport(outcome.report, { dryRun: outcome.kind === 'dry_run' })) print(line);
  }
}

async function dropLegacy(actions: Actions): Promise<void> {
  const dropped = await actions.dropLegacy();
  if (dropped.length === 0) print('There is neither legacy_goals nor legacy_tasks; nothing was done.');
  for (const { table, rows } of dropped) print(`Dropped ${table} (${count(rows, 'row')}).`);
}

async function showReports(actions: Actions, json: boolean): Promise<void> {
  const { listImportReports } = await import('../../legacy/import-reports.ts');
  const { describeChange, describeIds, describeReport } = await import('../../legacy/describe-report.ts');
  const reports = await actions.withCall('import', listImportReports);
  if (json) return printJson(reports);
  if (reports.length === 0) return print('Nothing was imported into this workspace.');
  for (const { importedAt, report } of reports) {
    print(`${importedAt}  ${describeReport(report, { atMost: 0 }).slice(0, 3).join('\n  ')}`);
    for (const line of describeIds(report)) print(`  ${line}`);
    for (const change of report.changes) {
      print(`  ${describeChange(change)}`);
      if (change.verbatim !== undefined) print(`    was ${shortened(change.verbatim)}`);
    }
  }
}

/** Shortened for the eye; --json has the whole text. */
function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}… (${text.length} characters; --json has them all)` : text;
}
