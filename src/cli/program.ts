import { Command, CommanderError } from 'commander';
import { GoalAgentError } from '../domain/errors.ts';
import type { Actions } from './actions.ts';
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
    .action(() => actions.serve());
  program
    .command('init')
    .description('create the database, its tables and indexes where they are missing, and check the connection')
    .action(async () => renderInit(await actions.init()));
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
