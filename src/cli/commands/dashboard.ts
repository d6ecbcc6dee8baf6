import type { Command } from 'commander';
import { GoalAgentError } from '../../domain/errors.ts';
import type { Actions, ListenOptions } from '../actions.ts';
import { example } from '../arguments.ts';
import { confirm } from '../confirm.ts';
import { print } from '../render/output.ts';
import { withServerName } from '../server-argument.ts';

interface DashboardOptions extends ListenOptions {
  open: boolean;
  person?: boolean;
}

/** Adds `goal-agent dashboard`: the board in a browser, already signed in. */
export function addDashboardCommand(program: Command, actions: Actions): void {
  withServerName(example(program.command('dashboard'), `${program.name()} dashboard --no-open`))
    .option('--host <address>', 'where the service listens, if it is not the one of this home')
    .option('--port <number>', 'on which port')
    .option('--person', 'as a person, who may meet what no agent may; asks at the terminal')
    .option('--no-open', 'print the link, and open no browser')
    .description('open the board in a browser, already signed in; starts the service where it does not run')
    .action(async (_server: string | undefined, { open, person = false, ...address }: DashboardOptions) => {
      if (person && !(await confirm('Open the board as a person. Are you one?'))) throw nobodySaidSo();
      const isTyped = address.host !== undefined || address.port !== undefined;
      if (!isTyped) await (await import('../../machine/service/start.ts')).startService(actions.machine(), []);
      const { url, isOpened } = await actions.dashboard(address, { open, isPerson: person });
      print(
        isOpened ? 'The board opens in the browser. If it does not, this link does:' : 'This link opens the board:',
      );
      print(url);
      print('It signs in once, within a minute.');
    });
}

function nobodySaidSo(): GoalAgentError {
  return new GoalAgentError('forbidden', 'The board was not opened: nobody at a terminal said yes to --person.');
}
