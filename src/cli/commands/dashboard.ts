import type { Command } from 'commander';
import type { Actions, ListenOptions } from '../actions.ts';
import { print } from '../render/output.ts';

/** Adds `goal-agent dashboard`: the board in a browser, already signed in. */
export function addDashboardCommand(program: Command, actions: Actions): void {
  program
    .command('dashboard')
    .option('--host <address>', 'where the service listens, if it is not the one of this home')
    .option('--port <number>', 'on which port')
    .option('--no-open', 'print the link, and open no browser')
    .description('open the board of the running service in a browser, already signed in')
    .action(async ({ open, ...address }: ListenOptions & { open: boolean }) => {
      const { url, isOpened } = await actions.dashboard(address, open);
      print(
        isOpened ? 'The board opens in the browser. If it does not, this link does:' : 'This link opens the board:',
      );
      print(url);
      print('It signs in once, within a minute.');
    });
}
