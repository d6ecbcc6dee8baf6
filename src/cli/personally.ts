import { PersonNeededError } from '../domain/errors.ts';
import type { Tool } from '../tools/define/define-tool.ts';
import type { CommandHost } from './actions.ts';
import { confirm } from './confirm.ts';

/**
 * Runs a tool as an agent, as every command does; where only a person may do it, the person at the terminal is asked, and it is
 * done under that word. No option says yes in that person's place: a script has the answer of an agent.
 *
 * @throws GoalAgentError as the tool does; `forbidden` without a yes.
 */
export async function personally<A>(host: CommandHost, tool: Tool, args: Record<string, unknown>): Promise<A> {
  return asPerson(
    () => host.run<A>(tool, args),
    () => host.runConfirmed<A>(tool, args),
  );
}

/** The same of any work: `work` is tried, and `confirmed` is done where a person is needed and says yes. */
export async function asPerson<A>(work: () => Promise<A>, confirmed: () => Promise<A>): Promise<A> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PersonNeededError)) throw error;
    if (await confirm('Only a person may do this. Are you a person, and is it so?')) return confirmed();
    throw error;
  }
}
