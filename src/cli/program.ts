import { Command, CommanderError } from 'commander';
import { GoalAgentError } from '../domain/errors.ts';
import type { Actions, ServeOptions } from './actions.ts';

/** Exit codes, for scripts. */
const failed = 1;
const wrongUse = 2;

/** `mcpctl` has the commands about the service alone, under the names that users of v2.x and v3.0 type. */
export type ProgramName = 'goal-agent' | 'mcpctl';

/** Runs the command line, and gives back the exit code: 0, 1 where something failed, 2 where the command was used wrongly. */
export async function runProgram(argv: string[], actions: Actions, name: ProgramName): Promise<number> {
  const program = new Command(name)
    .version(actions.version)
    .showHelpAfterError('(--help shows more, and an example)')
    .exitOverride();
  await (name === 'mcpctl' ? addServiceCommands : addAllCommands)(program, argv, actions);
  try {
    if (argv.length === 0 && name !== 'mcpctl' && (await overview(actions))) return 0;
    await program.parseAsync(argv, { from: 'user' });
    // a command that has shown its answer may have set it: nothing of what was wanted was done
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrongUse;
    if (!(error instanceof GoalAgentError)) throw error;
    const { renderError } = await import('./render/output.ts');
    const { asCommand } = await import('./messages.ts');
    renderError(asCommand(error.message));
    return error.code === 'invalid' ? wrongUse : failed;
  }
}

async function addAllCommands(program: Command, argv: string[], actions: Actions): Promise<void> {
  program
    .description("A durable memory for AI agents' work: goals and tasks in PostgreSQL, served over MCP.")
    .command('mcp')
    .description('serve MCP over stdin and stdout; this is what clients start')
    .option('--toolsets <names>', 'core, team, templates, with commas between them (GOAL_AGENT_TOOLSETS)')
    .option('--read-only', 'offer only tools that change nothing (GOAL_AGENT_READ_ONLY)')
    .action((options: ServeOptions) => actions.serve(options));
  // a client waits for `mcp`, which therefore loads no other command
  if (argv[0] !== 'mcp') (await import('./commands.ts')).addCommands(program, actions);
}

async function addServiceCommands(program: Command, _argv: string[], actions: Actions): Promise<void> {
  program.description('Runs the service of Goal Agent on this machine.');
  (await import('./machine-commands.ts')).addMachineCommands(program, actions);
}

/** Whether a person at a terminal was shown where things stand. Everybody else gets the help. */
async function overview(actions: Actions): Promise<boolean> {
  const { isTerminal } = await import('./render/output.ts');
  if (!isTerminal()) return false;
  const { showOverview } = await import('./overview.ts');
  await showOverview(actions);
  return true;
}
