import { homedir } from 'node:os';
import { GoalAgentError } from '../../domain/errors.ts';
import { Backups } from '../../machine/setup/backups.ts';
import type { Client } from '../../machine/setup/clients.ts';
import type { Computer } from '../../machine/setup/computer.ts';
import type { Actions } from '../actions.ts';
import { runCheck } from './check.ts';
import { chooseClients, clientsNamed } from './choose-clients.ts';
import { runInstructions } from './instructions.ts';
import type { SetupOptions } from './options.ts';
import { setUp } from './set-up.ts';
import { takeBack } from './take-back.ts';
import { wantedServer } from './wanted-server.ts';

export async function runSetup(actions: Actions, names: string[], options: SetupOptions): Promise<void> {
  refuseTogether(names, options);
  const { platform, env } = process;
  const { home, cwd } = actions.ownPlaces();
  const computer: Computer = { platform, env, cwd, userHome: env.HOME || homedir() };
  if (options.instructions !== undefined) return runInstructions(computer, options, options.instructions);
  if (options.check) return runCheck(computer, clientsNamed(names), options);
  const backups = new Backups(home);
  if (options.undo)
    return each(await chooseClients(names, { computer, options }), (client) =>
      takeBack({ client, computer, backups, options }),
    );
  const server = wantedServer(actions, options);
  return each(await chooseClients(names, { computer, options }), (client) =>
    setUp({ client, computer, backups, options, server }),
  );
}

/** Goes on with the next client after one that failed, and fails at the end. */
async function each(clients: readonly Client[], work: (client: Client) => Promise<void>): Promise<void> {
  const problems: string[] = [];
  for (const client of clients) {
    try {
      await work(client);
    } catch (error) {
      if (!(error instanceof GoalAgentError) || clients.length === 1) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new GoalAgentError('conflict', problems.join('\n'));
}

function refuseTogether(names: string[], options: SetupOptions): void {
  const { undo, check, instructions, print, remote, token, workspace } = options;
  const refuse = (what: string) => {
    throw new GoalAgentError('invalid', what);
  };
  if ([undo && instructions === undefined, check, instructions !== undefined].filter(Boolean).length > 1) {
    refuse('--undo, --check and --instructions are three things to do; use one of them.');
  }
  if (check && print) refuse('--check changes nothing; leave --print out.');
  if (instructions !== undefined && names.length > 0) refuse('--instructions writes one file, and takes no client.');
  if (token !== undefined && remote === undefined) refuse('--token is for a service; name its URL with --remote.');
  if (workspace !== undefined && remote !== undefined) {
    refuse('--workspace is for a server on this machine; the token of a service decides its workspace.');
  }
}
