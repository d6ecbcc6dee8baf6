import { type Command, InvalidArgumentError } from 'commander';

/** mcpctl of v2.x and v3.0 took the name of a server. There is one. */
export function withServerName(command: Command): Command {
  return command.argument('[server]', 'goal-agent, the one server there is', (name: string) => {
    if (name === 'goal-agent') return name;
    throw new InvalidArgumentError('The one server is goal-agent.');
  });
}
