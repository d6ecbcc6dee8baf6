import { GoalAgentError } from '../domain/errors.ts';
import { standby } from './tls.ts';

/** What a session turned out to be when it was looked at. */
export interface SessionFacts {
  /** The server's process that answered. */
  pid: number;
  /** When that began: a number alone comes again. */
  begunAt: string;
  isStandby: boolean;
  /** Of the database. */
  encoding: string;
  isReadOnlyByDefault: boolean;
  searchPath: string;
  /** The schemas of the search_path that there are, and that this user may use. */
  path: string[];
  /** Whether the server knows a named statement by the name that it got here. */
  isVerbatim: boolean;
  /** Whether the database is a Citus. */
  isCitus: boolean;
}

/** @throws LocalFailure `STANDBY`, or GoalAgentError `configuration` with what to do. */
export function refuseUnfit(facts: SessionFacts, { readOnly = false }: { readOnly?: boolean | undefined }): void {
  const { isStandby, encoding, isReadOnlyByDefault, searchPath, path } = facts;
  if (isStandby && !readOnly) throw standby();
  if (encoding !== 'UTF8') {
    throw refusal(
      `The encoding of this database is ${encoding}, which cannot hold every text; Goal Agent needs UTF8. Make a database with it (create database mcp_goals encoding 'UTF8' template template0), or let goal-agent init make one, and name it in POSTGRES_DB or GOAL_AGENT_DATABASE_URL.`,
    );
  }
  if (path.length === 0) {
    throw refusal(
      `The search_path (${searchPath}) names no schema that exists and that this user may use, so there is no place for the tables. Make the schema (create schema NAME authorization USER), or correct the search_path of the role or the database (alter role USER set search_path = NAME).`,
    );
  }
  if (isReadOnlyByDefault && !readOnly && !isStandby) {
    throw refusal(
      'This database is read-only by default: default_transaction_read_only is on, by a setting of the server, the database or the role. Turn it off there (alter database NAME reset default_transaction_read_only, or alter role USER reset …), or set GOAL_AGENT_READ_ONLY=true to read only.',
    );
  }
}

function refusal(message: string): GoalAgentError {
  return new GoalAgentError('configuration', `${message} Nothing was changed.`);
}
