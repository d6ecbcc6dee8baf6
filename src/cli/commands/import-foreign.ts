import type { Command } from 'commander';
import type { ForeignOutcome } from '../../exchange/foreign/import-foreign.ts';
import { foreignTools, type ToolName, toolNames } from '../../exchange/foreign/tools.ts';
import type { Actions } from '../actions.ts';
import { example } from '../arguments.ts';
import { progressLine } from '../progress.ts';
import { print, printJson } from '../render/output.ts';

interface ForeignOptions {
  dryRun?: boolean;
  source?: string;
  timezone?: string;
  json?: boolean;
}

/** Adds `goal-agent import task-master PATH` and its siblings, and `goal-agent import PATH`, which finds out the tool. */
export function addForeignImports(group: Command, actions: Actions): void {
  for (const name of toolNames) {
    const { what, inFolder } = foreignTools[name];
    const command = group
      .command(name)
      .argument('<path>', `the file, or the folder of the project (${inFolder[0]})`)
      .description(what);
    example(withOptions(command), `goal-agent import ${name} ${inFolder[0]} --dry-run`).action(
      (path: string, options: ForeignOptions) => runForeign(actions, { tool: name, path, options }),
    );
  }
  // options of the group itself would be taken away from its commands
  const guessing = group
    .command('guess', { isDefault: true, hidden: true })
    .argument('[path]', "another tool's file, or a project's folder")
    .description("take over another tool's file that says by itself what it is: goal-agent import PATH");
  example(withOptions(guessing), 'goal-agent import guess .beads/issues.jsonl --dry-run').action(
    async (path: string | undefined, options: ForeignOptions) => {
      if (path === undefined) return group.help({ error: true });
      const { guessTool } = await import('../../exchange/foreign/guess-tool.ts');
      return runForeign(actions, { tool: await guessTool(path), path, options });
    },
  );
}

function withOptions(command: Command): Command {
  return command
    .option('--dry-run', 'print the report and write nothing')
    .option('--source <name>', 'what its IDs are remembered by, where the file has moved (default: its path)')
    .option('--timezone <name>', "the time zone of times without one, such as Europe/Paris (default: this machine's)")
    .option('--json', 'print the report as JSON');
}

interface Wanted {
  tool: ToolName;
  path: string;
  options: ForeignOptions;
}

async function runForeign(actions: Actions, { tool, path, options }: Wanted): Promise<void> {
  const { readSource } = await import('../../exchange/foreign/read-source.ts');
  const { importForeign } = await import('../../exchange/foreign/import-foreign.ts');
  const { timeZoneOf } = await import('../../legacy/v2/import-v2.ts');
  const zone = timeZoneOf(options.timezone);
  // before the store is opened: a file with a mistake needs none
  const source = await readSource(tool, path, options.source);
  const progress = progressLine('importing');
  // under the person's own name: undo takes it back
  const outcome = await actions
    .withTools(({ call }) =>
      importForeign(call, { ...source, zone, dryRun: options.dryRun, onProgress: progress.show }),
    )
    .finally(() => progress.end());
  if (options.json === true) return printJson(outcome);
  return printOutcome(outcome);
}

async function printOutcome({ kind, report }: ForeignOutcome): Promise<void> {
  const { describeReport } = await import('../../legacy/describe-report.ts');
  for (const line of describeReport(report, { dryRun: kind === 'dry_run' })) print(line);
}
