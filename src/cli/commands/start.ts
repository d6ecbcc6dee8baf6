import type { Command } from 'commander';
import type { Actions, ListenOptions } from '../actions.ts';
import { example } from '../arguments.ts';
import { renderCheck, renderStarted } from '../render/service.ts';
import { withServerName } from '../server-argument.ts';
import { withAddress } from './serve.ts';

interface StartOptions extends ListenOptions {
  checkOnly?: boolean;
}

/** Adds `start`: the service in the background. */
export function addStartCommand(program: Command, actions: Actions): void {
  const command = withAddress(withServerName(program.command('start')))
    .option('--check-only', 'look whether it could start; start and make nothing')
    .description('start the service in the background, unless it runs');
  example(command, `${program.name()} start`).action((_server: string | undefined, options: StartOptions) =>
    options.checkOnly ? runCheck(actions, options) : runStart(actions, options),
  );
}

async function runStart(actions: Actions, { host, port }: ListenOptions): Promise<void> {
  const { startService } = await import('../../machine/service/start.ts');
  const options = [...(host === undefined ? [] : ['--host', host]), ...(port === undefined ? [] : ['--port', port])];
  const started = await startService(actions.machine(), options);
  renderStarted(started);
  if (started.problem !== undefined) process.exitCode = 1;
}

async function runCheck(actions: Actions, options: ListenOptions): Promise<void> {
  const checks = await actions.checkStart(options);
  renderCheck(checks);
  if (checks.some(({ isGood }) => !isGood)) process.exitCode = 1;
}
