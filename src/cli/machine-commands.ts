import type { Command } from 'commander';
import type { Actions } from './actions.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDashboardCommand } from './commands/dashboard.ts';
import { addLogsCommand } from './commands/logs.ts';
import { addRestartCommand } from './commands/restart.ts';
import { addRunCommand } from './commands/run.ts';
import { addServiceCommands } from './commands/service.ts';
import { addStartCommand } from './commands/start.ts';
import { addStatusCommand } from './commands/status.ts';
import { addStopCommand } from './commands/stop.ts';
import { addTestCommand } from './commands/test.ts';

/** Adds the commands about the service on this machine: all that mcpctl has. */
export function addMachineCommands(program: Command, actions: Actions): void {
  addStartCommand(program, actions);
  addStopCommand(program, actions);
  addRestartCommand(program, actions);
  addStatusCommand(program, actions);
  addDashboardCommand(program, actions);
  addLogsCommand(program, actions);
  addTestCommand(program, actions);
  addRunCommand(program, actions);
  addConfigCommand(program, actions);
  addServiceCommands(program, actions);
}
