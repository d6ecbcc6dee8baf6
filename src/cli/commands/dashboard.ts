import type { Command } from 'commander';
import type { Actions, ListenOptions } from '../actions.ts';
import { example } from '../arguments.ts';
import { print } from '../render/output.ts';
import { withServerName } from '../server-argument.ts';

/** Adds `goal-agent dashboard`: the board in a browser, already signed in. */
export function addDashboardCommand(program: Command, actions: Actions): void {
  withServerName(example(program.command('dashboard'), `${program.name()} dashboard --no-open`))
    .option('--host <address>', 'where the service listens, if it is not the one of this home')
    .option('--port <number>', 'on which port')
    .option('--no-open', 'print the link, and open no browser')
    .description('open the board in a browser, already signed in; starts the service where it does not run')
    .action(async (_server: string | undefined, { open, ...address }: ListenOptions & { open: boolean }) => {
      const isTyped = address.host !== undefined || address.port !== undefined;
      if (!isTyped) await (await import('../../machine/service/start.ts')).startService(actions.machine(), []);
      const { url, isOpened } = await actions.dashboard(address, open);
      print(
        isOpened ? 'The board opens in the browser. If it does not, this link does:' : 'This link opens the board:',
      );
      print(url);
      print('It signs in once, within a minute.');
    });
}
