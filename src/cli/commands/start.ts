import type { Command } from 'commander';
import type { Started } from '../../machine/service/start.ts';
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

async function runStart(actions: Actions, asked: ListenOptions): Promise<void> {
  const { host, port } = asked;
  const { startService } = await import('../../machine/service/start.ts');
  const options = [...(host === undefined ? [] : ['--host', host]), ...(port === undefined ? [] : ['--port', port])];
  const started = await startService(actions.machine(), options);
  renderStarted(started, { isElsewhere: isElsewhere(started, asked) });
  if (started.problem !== undefined) process.exitCode = 1;
}

/** Whether a service that ran before listens somewhere else than was asked now. */
function isElsewhere({ isOld, service }: Started, { host, port }: ListenOptions): boolean {
  const isOther = (host ?? service.host) !== service.host || Number(port ?? service.port) !== service.port;
  return isOld && isOther;
}

async function runCheck(actions: Actions, options: ListenOptions): Promise<void> {
  const checks = await actions.checkStart(options);
  renderCheck(checks);
  if (checks.some(({ isGood }) => !isGood)) process.exitCode = 1;
}
