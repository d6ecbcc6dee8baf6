import type { Context } from 'hono';
import { GoalAgentError } from '../../domain/errors.ts';
import type { HttpEnv, ServiceParts } from '../parts.ts';

/**
 * Lets in this user on this machine, and admins of the service's own workspace. What concerns the whole process is nothing for
 * the callers of another workspace.
 *
 * @param what what the caller wants, as in "may not …"
 * @throws GoalAgentError `forbidden`
 */
export async function onlyForOwnAdmin(
  context: Context<HttpEnv>,
  parts: Pick<ServiceParts, 'openCall'>,
  what: string,
): Promise<void> {
  const principal = context.get('principal');
  if (principal === undefined) return;
  // by its number: a name may be another workspace's by now
  const { store } = await parts.openCall({});
  if (principal.role === 'admin' && principal.workspaceId === store.workspaceId) return;
  throw new GoalAgentError(
    'forbidden',
    `The token ${principal.name} may not ${what}. Use a token with the role admin of the service's own workspace.`,
  );
}
