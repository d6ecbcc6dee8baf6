import { isCancel, multiselect } from '@clack/prompts';
import { GoalAgentError } from '../../domain/errors.ts';
import { type Client, clients } from '../../machine/setup/clients.ts';
import type { Computer } from '../../machine/setup/computer.ts';
import { canAsk } from '../confirm.ts';
import type { SetupOptions } from './options.ts';

/** @throws GoalAgentError `invalid` for a name that no client has. */
export function clientsNamed(names: readonly string[]): Client[] {
  return names.map((name) => {
    const client = clients.find((each) => each.name === name.toLowerCase());
    if (client !== undefined) return client;
    const known = clients.map((each) => each.name).join(', ');
    throw new GoalAgentError('invalid', `setup knows no client "${name}"; it knows ${known}.`);
  });
}

interface Choice {
  computer: Computer;
  options: SetupOptions;
}

/** The named clients; without a name, those of this machine that a person at the terminal picks. */
export async function chooseClients(names: readonly string[], { computer, options }: Choice): Promise<Client[]> {
  if (names.length > 0) return clientsNamed(names);
  const found = clients.filter((each) => each.isFound(computer) && each.files(options.scope, computer).length > 0);
  if (found.length === 0) {
    throw new GoalAgentError(
      'not_found',
      'No client was found on this machine. Name one: goal-agent setup claude-code',
    );
  }
  if (options.yes || options.print) return found;
  if (canAsk()) return ask(found, options);
  const list = found.map(({ name }) => name).join(', ');
  throw new GoalAgentError('invalid', `Found here: ${list}. Name those to set up, or use --yes for all of them.`);
}

async function ask(found: readonly Client[], { undo }: SetupOptions): Promise<Client[]> {
  // a terminal that tells no width would get one letter on each line
  process.stderr.columns ||= 80;
  const chosen = await multiselect({
    message: undo ? 'Take back the setup of which clients?' : 'Which clients should have Goal Agent?',
    options: found.map((client) => ({ value: client.name, label: client.title })),
    output: process.stderr,
    required: false,
  });
  return isCancel(chosen) ? [] : clientsNamed(chosen);
}
