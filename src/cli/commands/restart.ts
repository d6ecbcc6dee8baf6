import type { Command } from 'commander';
import type { Actions, ListenOptions } from '../actions.ts';
import { example } from '../arguments.ts';
import { renderStarted, renderStopped } from '../render/service.ts';
import { withServerName } from '../server-argument.ts';
import { withAddress } from './serve.ts';

/** Adds `restart`: with the options of the service that runs, unless others are given. */
export function addRestartCommand(program: Command, actions: Actions): void {
  const command = withAddress(withServerName(program.command('restart'))).description(
    'stop the service if it runs, and start it with the settings of now',
  );
  example(command, `${program.name()} restart`).action((_server: string | undefined, options: ListenOptions) =>
    runRestart(actions, options),
  );
}

async function runRestart(actions: Actions, { host, port }: ListenOptions): Promise<void> {
  const { startService } = await import('../../machine/service/start.ts');
  const { stopService } = await import('../../machine/service/stop.ts');
  const machine = actions.machine();
  const stopped = await stopService(machine.home);
  if (stopped !== undefined) renderStopped(stopped);
  // the later of two equal options counts
  const options = [
    ...(stopped?.service.options ?? []),
    ...(host === undefined ? [] : ['--host', host]),
    ...(port === undefined ? [] : ['--port', port]),
  ];
  const started = await startService(machine, options);
  renderStarted(started);
  if (started.problem !== undefined) process.exitCode = 1;
}
