import type { Command } from 'commander';
import { installSupervision, supervisionOf, uninstallSupervision } from '../../machine/supervisor.ts';
import type { Actions } from '../actions.ts';
import { example } from '../arguments.ts';
import { print, printAsIs, write } from '../render/output.ts';

interface PrintOption {
  print?: boolean;
}

/** Adds `service install|uninstall`: this machine's supervisor runs the service. */
export function addServiceCommands(program: Command, actions: Actions): void {
  const group = program.command('service').description('let systemd or launchd run the service for this user');
  const install = group
    .command('install')
    .option('--print', 'print the file that would be written; do nothing')
    .description('write a systemd user unit or a launchd agent, and start it');
  example(install, `${program.name()} service install --print`).action(async ({ print: isPrinted }: PrintOption) => {
    const machine = actions.machine();
    if (isPrinted) return write(supervisionOf(machine).text);
    const { file, kind } = await installSupervision(machine);
    print(`${kind} runs the service from now on and after each login: ${file}`);
    print(`Its settings are those of ${machine.home}/.env; the shell's variables do not reach it.`);
    if (kind === 'systemd') print('To run it while nobody is logged in: loginctl enable-linger');
  });
  const uninstall = group
    .command('uninstall')
    .option('--print', 'print the commands and the file; do nothing')
    .description('stop it, and take the file away');
  example(uninstall, `${program.name()} service uninstall --print`).action(
    async ({ print: isPrinted }: PrintOption) => {
      const machine = actions.machine();
      if (isPrinted) {
        const { disable, file } = supervisionOf(machine);
        for (const command of disable) printAsIs(command.join(' '));
        return printAsIs(`rm ${file}`);
      }
      const { file, kind } = await uninstallSupervision(machine);
      print(`${kind} no longer runs the service; ${file} is gone. The data is where it was.`);
    },
  );
}
