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
export function onlyForOwnAdmin(context: Context<HttpEnv>, parts: Pick<ServiceParts, 'facts'>, what: string): void {
  const principal = context.get('principal');
  const isAdminHere = principal?.role === 'admin' && principal.workspace === parts.facts().config.workspace;
  if (principal === undefined || isAdminHere) return;
  throw new GoalAgentError(
    'forbidden',
    `The token ${principal.name} may not ${what}. Use a token with the role admin of the service's own workspace.`,
  );
}
