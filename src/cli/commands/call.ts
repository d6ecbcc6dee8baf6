import type { Command } from 'commander';
import { GoalAgentError } from '../../domain/errors.ts';
import { tools } from '../../tools/index.ts';
import type { Actions } from '../actions.ts';
import { example, textOrStdin } from '../arguments.ts';
import { look, printJson, show } from '../render/output.ts';
import { table } from '../render/table.ts';

/** Adds `goal-agent call`: any tool, as an agent calls it. */
export function addCallCommand(program: Command, actions: Actions): void {
  const command = program
    .command('call')
    .argument('[tool]', 'the name of a tool; all of them are listed when it is left out')
    .argument('[arguments]', 'its arguments as a JSON object; - reads them from stdin', '{}')
    .description('call a tool as an agent does, and print its answer as JSON');
  example(command, 'goal-agent call list_goals \'{"status":"in_progress"}\'', 'goal-agent call').action(
    (name: string | undefined, text: string) => (name === undefined ? listTools() : runCall(actions, name, text)),
  );
}

function listTools(): Promise<void> {
  const rows = tools.map(({ name, description }) => [name, description]);
  return show(table(rows, [{ keep: true }, { flex: true }], look()));
}

async function runCall(actions: Actions, name: string, text: string): Promise<void> {
  const tool = tools.find((each) => each.name === name.replaceAll('-', '_'));
  if (tool === undefined) {
    throw new GoalAgentError('invalid', `There is no tool ${name}. goal-agent call lists them.`);
  }
  const args = argumentsIn(await textOrStdin(text));
  printJson(await actions.withTools((host) => host.run(tool, args)));
}

function argumentsIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new GoalAgentError('invalid', `The arguments are no JSON: ${(error as Error).message}.`);
  }
  throw new GoalAgentError('invalid', 'The arguments are no JSON object. Write {"name": "value"}.');
}
