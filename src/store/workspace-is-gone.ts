import { GoalAgentError } from '../domain/errors.ts';

/** A process keeps the number of its workspace, which has no row any more. */
export function workspaceIsGone(): GoalAgentError {
  return new GoalAgentError(
    'not_found',
    'The workspace of this call was deleted while Goal Agent used it; nothing was saved. Restart Goal Agent, or use another workspace.',
  );
}
