import { Command, CommanderError } from 'commander';
import { GoalAgentError } from '../domain/errors.ts';
import type { Actions, ServeOptions } from './actions.ts';
import { addExportCommands } from './commands/export.ts';
import { addImportCommands } from './commands/import.ts';
import { addServeCommand } from './commands/serve.ts';
import { addUndoCommand } from './commands/undo.ts';
import { addWebhookCommands } from './commands/webhook.ts';
import { renderError, renderInit } from './render.ts';

/** Runs the command line, and gives back the exit code. */
export async function runProgram(argv: string[], actions: Actions): Promise<number> {
  const program = new Command('goal-agent')
    .description("A durable memory for AI agents' work: goals and tasks in PostgreSQL, served over MCP.")
    .version(actions.version)
    .showHelpAfterError()
    .exitOverride();
  program
    .command('mcp')
    .description('serve MCP over stdin and stdout; this is what clients start')
    .option('--toolsets <names>', 'core, team or both, with a comma between them (GOAL_AGENT_TOOLSETS)')
    .option('--read-only', 'offer only tools that change nothing (GOAL_AGENT_READ_ONLY)')
    .action((options: ServeOptions) => actions.serve(options));
  addServeCommand(program, actions);
  program
    .command('init')
    .description('create the database, its tables and indexes where they are missing, and check the connection')
    .action(async () => renderInit(await actions.init()));
  addImportCommands(program, actions);
  addExportCommands(program, actions);
  addUndoCommand(program, actions);
  addWebhookCommands(program, actions);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof GoalAgentError)) throw error;
    renderError(error.message);
    return 1;
  }
}
