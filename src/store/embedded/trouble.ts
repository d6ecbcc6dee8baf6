import { GoalAgentError } from '../../domain/errors.ts';

/** The way out that always exists: a PostgreSQL of one's own. */
export const OWN_SERVER =
  'set DATABASE_URL (or POSTGRES_HOST, POSTGRES_PORT, POSTGRES_DB, POSTGRES_USER, POSTGRES_PASSWORD) to use a PostgreSQL server of yours';

export const diskFull = (directory: string, cause: unknown): GoalAgentError =>
  new GoalAgentError(
    'unavailable',
    `The disk that holds ${directory} is full, so the database cannot start. Nothing that was saved is lost: make room (about 100 MB) and try again.`,
    { cause },
  );

export const notWritable = (directory: string, cause: unknown): GoalAgentError =>
  new GoalAgentError(
    'configuration',
    `Goal Agent may not write in ${directory}, where its database belongs. Set GOAL_AGENT_HOME to a folder of your own, or ${OWN_SERVER}.`,
    { cause },
  );

export const ownedByAnother = (directory: string, cause?: unknown): GoalAgentError =>
  new GoalAgentError(
    'configuration',
    `The database folder ${directory} belongs to another user. Run Goal Agent as that user, or set GOAL_AGENT_HOME to a folder of your own.`,
    { cause },
  );

export const ownedByRoot = (directory: string): GoalAgentError =>
  new GoalAgentError(
    'configuration',
    `The database folder ${directory} belongs to root, and PostgreSQL does not run as root. Give it to another user (for example: chown -R nobody ${directory}).`,
  );

export const otherMajor = (found: { directory: string; major: string; runs: string }): GoalAgentError =>
  new GoalAgentError(
    'configuration',
    `The database in ${found.directory} was written by PostgreSQL ${found.major}, and this Goal Agent runs PostgreSQL ${found.runs}. ` +
      `Nothing was changed. To go on as before, use the Goal Agent that wrote it, or install PostgreSQL ${found.major}. ` +
      'To move, make a backup with that one, set GOAL_AGENT_HOME to a new folder, and restore it there.',
  );

export const notADatabase = (directory: string): GoalAgentError =>
  new GoalAgentError(
    'configuration',
    `${directory} is where the database belongs, and its file PG_VERSION is missing. Put the folder back from a copy, or set GOAL_AGENT_HOME to a new folder. Nothing was changed.`,
  );

export const noBinaries = (tried: readonly string[]): GoalAgentError =>
  new GoalAgentError(
    'configuration',
    `Goal Agent found no PostgreSQL that runs here (${process.platform} ${process.arch}; ${tried.at(0) ?? 'none is installed'}). Install PostgreSQL 15 or newer, or ${OWN_SERVER}.`,
    { cause: new Error(tried.join('\n')) },
  );

export const notReady = (what: string, logFile: string): GoalAgentError =>
  new GoalAgentError('unavailable', `${what} Try again in a minute; its log is ${logFile}.`);

export const startFailed = (what: string, logFile: string, cause: unknown): GoalAgentError =>
  new GoalAgentError(
    'unavailable',
    `The private PostgreSQL could not ${what}; ${logFile} says why. When that is put right, try again; or ${OWN_SERVER}.`,
    { cause },
  );

/** The `code` of a Node.js system error such as `ENOENT`, or of a PostgreSQL error such as `57P03`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Lets one expected system error pass as undefined; any other is thrown. */
export function unless(...codes: string[]): (error: unknown) => undefined {
  return (error) => {
    if (!codes.includes(codeOf(error) ?? '')) throw error;
    return undefined;
  };
}

/** Turns a system error met in `home` into the one message a person can act on. */
export function explain(error: unknown, home: string): unknown {
  if (error instanceof GoalAgentError) return error;
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(home, error);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
      return notWritable(home, error);
    default:
      return error;
  }
}
