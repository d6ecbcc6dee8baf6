import type { Command } from 'commander';
import type { Actions, ListenOptions } from '../actions.ts';
import { example } from '../arguments.ts';
import { withServerName } from '../server-argument.ts';
import { renderStart, withAddress } from './serve.ts';

/** Adds `run`: `serve` by the name that users of v2.x and v3.0 know. */
export function addRunCommand(program: Command, actions: Actions): void {
  const command = withAddress(withServerName(program.command('run'))).description(
    'run the service here, in the foreground, until Ctrl+C',
  );
  example(command, `${program.name()} run`).action((_server: string | undefined, options: ListenOptions) =>
    actions.serveHttp(options, renderStart),
  );
}
