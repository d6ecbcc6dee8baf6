import type { Command } from 'commander';
import type { Actions } from '../actions.ts';
import { example } from '../arguments.ts';
import { renderStopped } from '../render/service.ts';
import { withServerName } from '../server-argument.ts';

/** Adds `stop`. A service that does not run is stopped already. */
export function addStopCommand(program: Command, actions: Actions): void {
  const command = withServerName(program.command('stop')).description(
    'stop the service: requests that run may finish, then it is ended',
  );
  example(command, `${program.name()} stop`).action(async () => {
    const { stopService } = await import('../../machine/service/stop.ts');
    renderStopped(await stopService(actions.machine().home));
  });
}
