import { GoalAgentError } from '../../domain/errors.ts';

/** The way out that always exists: a PostgreSQL of one's own. */
export const OWN_SERVER =
  'set GOAL_AGENT_DATABASE_URL (or POSTGRES_HOST, POSTGRES_PORT, POSTGRES_DB, POSTGRES_USER, POSTGRES_PASSWORD) to use a PostgreSQL server of yours';

export const diskFull = (directory: string, cause: unknown): GoalAgentError =>
  new GoalAgentError(
    'unavailable',
    `The disk that holds ${directory} is full, so the database cannot start. Nothing that was saved is lost: make room (about 100 MB) and try again.`,
    { cause },
  );

export const notWritable = (directory: string, cause: unknown): GoalAgentError =>
  new GoalAgentError(
    'configuration',
    `Goal Agent may not write in ${directory}, where its database belongs (${codeOf(cause)}). Set GOAL_AGENT_HOME to a folder of your own, or ${OWN_SERVER}.`,
    { cause },
  );

export const ownedByAnother = (directory: string, cause?: unknown): GoalAgentError =>
  new GoalAgentError(
    'configuration',
    `The database folder ${directory} belongs to another user. Run Goal Agent as that user, or set GOAL_AGENT_HOME to a folder of your own.`,
    { cause },
  );

export const mayNotChangeUser = (directory: string, cause: unknown): GoalAgentError =>
  new GoalAgentError(
    'configuration',
    `Goal Agent runs as root and may not give ${directory} to another user, and PostgreSQL does not run as root. Run Goal Agent as an ordinary user with a GOAL_AGENT_HOME of its own, or ${OWN_SERVER}.`,
    { cause },
  );

export const otherMajor = (found: { directory: string; major: string; runs: string }): GoalAgentError =>
  new GoalAgentError(
    'configuration',
    `The database in ${found.directory} was written by PostgreSQL ${found.major}, and this Goal Agent runs PostgreSQL ${found.runs}. ` +
      `Nothing was changed. To go on as before, use the Goal Agent that wrote it, or install PostgreSQL ${found.major}. ` +
      `To move, run goal-agent backup FILE with one of the two, and then GOAL_AGENT_HOME=NEW-FOLDER goal-agent restore FILE (docs/backup.md).`,
  );

export const notADatabase = (directory: string): GoalAgentError =>
  new GoalAgentError(
    'configuration',
    `${directory} is where the database belongs, and its file PG_VERSION is missing or empty. Put the folder back from a copy, or set GOAL_AGENT_HOME to a new folder. Nothing was changed.`,
  );

export const folderGone = (directory: string): GoalAgentError =>
  new GoalAgentError(
    'unavailable',
    `The folder ${directory}, which held the database, was deleted, moved or replaced while Goal Agent used it. Nothing can be saved, and no new database is made in its place. Put the folder back, or restart Goal Agent to begin with what is there now.`,
  );

export const noBinaries = (tried: readonly string[]): GoalAgentError =>
  new GoalAgentError(
    'configuration',
    `Goal Agent found no PostgreSQL that runs here (${process.platform} ${process.arch}; ${tried.at(0) ?? 'none is installed'}). Install PostgreSQL 15 or newer, or ${OWN_SERVER}.`,
    { cause: new Error(tried.join('\n')) },
  );

export const notReady = (what: string, logFile: string): GoalAgentError =>
  new GoalAgentError('unavailable', `${what} Try again in a minute; its log is ${logFile}.`);

interface Failure {
  /** Completes "could not …". */
  readonly what: string;
  readonly directory: string;
  readonly logFile: string;
  /** All that the program wrote. */
  readonly said: string;
}

export const startFailed = ({ what, directory, logFile, said }: Failure): GoalAgentError =>
  new GoalAgentError(
    'unavailable',
    `The private PostgreSQL could not ${what}: ${reasonIn(said)}. Nothing was changed, and ${logFile} says more. ` +
      `When that is put right, try again. If the database is damaged, put ${directory} back from a copy; or ${OWN_SERVER}.`,
    { cause: new Error(said) },
  );

export const notLetIn = (directory: string, cause: Error): GoalAgentError =>
  new GoalAgentError(
    'configuration',
    `The private PostgreSQL runs and lets nobody in: ${cause.message}. Its data are in ${directory}: if they are damaged, put that folder back from a copy, or ${OWN_SERVER}.`,
    { cause },
  );

/** PostgreSQL's own word for it, in one line: a PANIC says more than what follows from it, and any line is better than none. */
function reasonIn(said: string): string {
  const lines = said.split('\n').map((line) => line.trim().replace(/^postgres: /, ''));
  const worst = ['PANIC', 'FATAL'].flatMap((level) => lines.filter((line) => line.includes(`${level}: `)));
  const reason =
    worst[0]?.replace(/^.*?(?:PANIC|FATAL): \s*/, '') ?? lines.findLast((line) => line !== '') ?? 'no reason given';
  return reason.slice(0, LONGEST_REASON).replace(/\.$/, '');
}

const LONGEST_REASON = 300;

const inTheWay = (home: string, cause: NodeJS.ErrnoException): GoalAgentError =>
  new GoalAgentError(
    'configuration',
    `Goal Agent needs a folder and meets a file at ${cause.path ?? home}. Move that file away, or set GOAL_AGENT_HOME to a folder of your own.`,
    { cause },
  );

const noParent = (home: string, cause: NodeJS.ErrnoException): GoalAgentError =>
  new GoalAgentError(
    'configuration',
    `Goal Agent cannot make the folder ${cause.path ?? home} (${cause.code}). Set GOAL_AGENT_HOME to a folder of your own, or ${OWN_SERVER}.`,
    { cause },
  );

const unusable = (home: string, cause: NodeJS.ErrnoException): GoalAgentError =>
  new GoalAgentError(
    'unavailable',
    `Goal Agent cannot use its folder ${home} (${cause.message}). When that is put right, try again; or set GOAL_AGENT_HOME to another folder.`,
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
  if (error instanceof GoalAgentError || !isSystemError(error)) return error;
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(home, error);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return notWritable(home, error);
    case 'EEXIST':
    case 'ENOTDIR':
      return inTheWay(home, error);
    case 'ENOENT':
      return error.syscall === 'mkdir' ? noParent(home, error) : unusable(home, error);
    default:
      return unusable(home, error);
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'errno' in error && 'syscall' in error;
