import { type Command, Option } from 'commander';
import type { Actions, ListenOptions, ServiceAddress } from '../actions.ts';
import { example, portNumber } from '../arguments.ts';
import { print } from '../render.ts';

/** Adds `goal-agent serve`: one process for a whole team. */
export function addServeCommand(program: Command, actions: Actions): void {
  withAddress(example(program.command('serve'), 'goal-agent serve --port 7432'))
    // how `start` starts it
    .addOption(new Option('--background').hideHelp())
    .description('serve MCP, REST and changes over HTTP, until Ctrl+C')
    .action((options: ListenOptions) => actions.serveHttp(options, renderStart));
}

/** The options of everything that makes the service listen. */
export function withAddress(command: Command): Command {
  return command
    .option('--host <address>', 'where to listen (GOAL_AGENT_HOST, default 127.0.0.1)')
    .option('--port <number>', 'on which port (GOAL_AGENT_PORT, default 7432; 0 for any free one)', portNumber);
}

/** Five lines: where it listens, what it shows, how a client connects, and how it ends. */
export function renderStart({ host, port, publicUrl, home }: ServiceAddress): void {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  print(`Goal Agent listens on ${url}: MCP at /mcp, REST at /api/v1. Its log and local-token are in ${home}.`);
  print('The board:         goal-agent dashboard');
  print(
    `Connect a client:  claude mcp add --transport http goal-agent ${publicUrl ?? url}/mcp --header "Authorization: Bearer TOKEN"`,
  );
  print('A token for it:    goal-agent token create --name claude --role writer');
  print('Stop it:           Ctrl+C, or a SIGTERM');
}
