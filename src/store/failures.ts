import { GoalAgentError } from '../domain/errors.ts';
import { connectionError } from './connection-failure.ts';
import { classifyDatabaseError, errorCode } from './errors.ts';

/** Whether there is no connection to be had this way now; another way, or a later try, may do. */
export function isConnectionFailure(error: unknown): boolean {
  return !(error instanceof GoalAgentError) && classifyDatabaseError(error).kind === 'unavailable';
}

/** Whether a server that takes no changes refused one: nothing of it is there. */
export function refusesChanges(error: unknown): boolean {
  return ['25006', 'STANDBY'].includes(errorCode(error) ?? '');
}

/** Whether the same transaction may succeed when it is run again. */
export function isRetryable(error: unknown): boolean {
  return !(error instanceof GoalAgentError) && classifyDatabaseError(error).kind === 'retryable';
}

/** The name of the constraint that refused the rows, or undefined when it was something else. */
export function violatedConstraint(error: unknown): string | undefined {
  return error instanceof GoalAgentError ? undefined : classifyDatabaseError(error).constraint;
}

/**
 * What a caller may be told of an error from the driver. A constraint violation, and what we cannot explain, come back
 * as they are: the caller knows the first, and the second is a defect that belongs into the log.
 */
export function toGoalAgentError(error: unknown): unknown {
  if (error instanceof GoalAgentError) return error;
  const { kind } = classifyDatabaseError(error);
  if (kind === 'cancelled' || isAbort(error)) {
    return new GoalAgentError('cancelled', 'The call was cancelled or ran over its time; nothing was changed.', {
      cause: error,
    });
  }
  if (kind === 'retryable') {
    return new GoalAgentError('conflict', 'Others keep changing the same rows; nothing was changed. Try again.', {
      cause: error,
    });
  }
  return kind === 'unavailable' || kind === 'configuration' ? connectionError(error) : error;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}
