/**
 * The kinds of errors, as a closed list of codes. Each face (MCP, command line) turns errors into its own form in one
 * place.
 * - `invalid`: the caller's input; saying it differently helps.
 * - `not_found`: an ID that is not in this workspace.
 * - `conflict`: the input is fine, the state of the store does not allow it.
 * - `forbidden`: the caller may not do this; another token may.
 * - `changed`: the row is no longer as the caller saw it when the change was made.
 * - `unavailable`: the database cannot be reached now; the same call may work later.
 * - `unknown_outcome`: the connection was lost while a change was being saved; it may or may not be there.
 * - `cancelled`: the caller took the call back, or it ran over its time.
 * - `configuration`: a setting or an installation that a person has to change.
 */
export type ErrorCode =
  | 'invalid'
  | 'not_found'
  | 'conflict'
  | 'forbidden'
  | 'changed'
  | 'unavailable'
  | 'unknown_outcome'
  | 'cancelled'
  | 'configuration';

/**
 * The one error that callers may see. Its message says what is wrong, with which thing, and what to do next. It never
 * has a host, a password or a database's own text.
 */
export class GoalAgentError extends Error {
  override readonly name = 'GoalAgentError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Refused (`forbidden`) since an agent calls: a person may do it, and where one is at the terminal it can be asked. */
export class PersonNeededError extends GoalAgentError {
  constructor(message: string) {
    super('forbidden', message);
  }
}
