import { GoalAgentError } from '../domain/errors.ts';
import { nameForm } from '../domain/names.ts';
import { step } from '../store/database.ts';
import { findTokenName } from '../store/statements/tokens.ts';
import { type Call, read } from './call.ts';

/**
 * The call under the name of an agent that its caller names, since several agents may share a process or a token. With a
 * token the caller's own name stays in front (`claude-ci/reviewer`): history tells whose a change was, whatever is given here.
 *
 * @throws GoalAgentError `forbidden` where a caller without a token names one.
 */
export async function actingAs<C extends Call>(call: C, agent: string | undefined): Promise<C> {
  const actor = actorFor(call, agent);
  if (call.principal === undefined && actor !== call.actor) await refuseTokenName(call, actor);
  return { ...call, actor };
}

/** The name under which a caller acts that names this agent. */
export function actorFor({ actor, principal }: Call, agent: string | undefined): string {
  if (agent === undefined || agent === actor) return actor;
  if (principal === undefined || agent.startsWith(`${principal.name}/`)) return agent;
  return `${principal.name}/${agent}`;
}

async function refuseTokenName(call: Call, agent: string): Promise<void> {
  const [name = ''] = agent.split('/');
  if (!nameForm.test(name)) return;
  const { found } = await read(call, { found: step(findTokenName, { workspaceId: call.store.workspaceId, name }) });
  if (found.length === 0) return;
  throw new GoalAgentError(
    'forbidden',
    `${name} is the name of a token, and only calls with that token are made under it. Give agent another name.`,
  );
}
