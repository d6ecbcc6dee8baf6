import { type ErrorCode, GoalAgentError } from '../domain/errors.ts';

/** Wraps what a statement failed with when its connection is gone. */
export class LostConnection extends Error {
  constructor(cause: unknown) {
    super('connection lost', { cause });
  }
}

export function isLost(error: unknown): boolean {
  return error instanceof LostConnection;
}

export function causeOf(error: unknown): unknown {
  return error instanceof LostConnection ? error.cause : error;
}

/** `reason` is what is known of why, as a sentence. */
export function unknownOutcome(cause: unknown, reason?: string): GoalAgentError {
  return new GoalAgentError(
    'unknown_outcome',
    `${lostWhileSaving(reason)} Read what it was to change before you repeat it.`,
    { cause },
  );
}

/** For a change that is known to be there, and whose answer could not be made. */
export function savedWithoutAnswer(cause?: unknown): GoalAgentError {
  return new GoalAgentError(
    'unknown_outcome',
    'The change was saved, but the connection to the database was lost before its answer came. Do not repeat it; read what it changed.',
    { cause },
  );
}

export function unknownButRepeatable(cause: unknown, reason?: string): GoalAgentError {
  return new GoalAgentError(
    'unknown_outcome',
    `${lostWhileSaving(reason)} Repeat the call with the same request_id: it is done once.`,
    { cause },
  );
}

function lostWhileSaving(reason: string | undefined): string {
  const lost = 'The connection to the database was lost while the change was being saved: it may or may not be there.';
  return reason === undefined ? lost : `${lost} ${reason}`;
}

/** Whether the database gave no answer: it was away, or silent for too long. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof GoalAgentError && (error.code === 'unavailable' || error.code === 'cancelled');
}

/** Errors after which a write may be there all the same. */
const mayBeCommitted = new Set<string>(['unknown_outcome', 'unavailable', 'cancelled'] satisfies ErrorCode[]);

export function isOfUnknownOutcome(error: unknown): boolean {
  return error instanceof GoalAgentError && mayBeCommitted.has(error.code);
}
