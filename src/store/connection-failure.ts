import { GoalAgentError } from '../domain/errors.ts';
import { adviceFor } from './connection-advice.ts';
import { classifyDatabaseError, errorCode, isSqlstate } from './errors.ts';
import { eachHost, isSocketDirectory, type ServerConnection } from './server-connection.ts';
import { LocalFailure } from './tls.ts';

/** Fails the login: the server asked for a password. */
export function noPassword(): never {
  throw new LocalFailure('NO_PASSWORD', 'no password is set');
}

/**
 * The error for an attempt that failed, or for a connection that failed later. Its message is for agents
 * (no host, no text of the server's); its cause is the failure itself, which `describeForOperator` reads.
 */
export function connectionError(cause: unknown): GoalAgentError {
  const kind = classifyDatabaseError(cause).kind;
  const code = kind === 'unavailable' || kind === 'cancelled' ? 'unavailable' : 'configuration';
  return new GoalAgentError(code, adviceFor(cause).agent, { cause });
}

/**
 * One paragraph for the log or the command line: where (host, port, database, user), what the server or the network said, and
 * what to do, with the command where there is one. Takes an error of `negotiate`, or a raw one of `pg`. Never a password.
 */
export function describeForOperator(error: unknown, connection: ServerConnection): string {
  const cause = error instanceof GoalAgentError && error.cause !== undefined ? error.cause : error;
  const { database, user } = connection;
  const where = isSocketDirectory(connection.host) ? `the socket ${placesOf(connection)}` : placesOf(connection);
  const next = adviceFor(cause).operator(connection);
  return `PostgreSQL at ${where}, database ${database}, user ${user}: ${said(cause)}. ${next}`;
}

/** For a person: each host and its port, or the socket. */
export function placesOf(connection: ServerConnection): string {
  const places = eachHost(connection).map(({ host, port }) =>
    isSocketDirectory(host) ? `${host}/.s.PGSQL.${port}` : `${host}, port ${port}`,
  );
  return places.join(', or ');
}

/** A missing TLS and a "not this way" are what a second attempt is for; any other answer came further and says more. */
export function mostTelling(failures: readonly unknown[]): unknown {
  const further = failures.findLast((failure) => !['NO_TLS', '28000'].includes(errorCode(failure) ?? ''));
  return further ?? failures.find((failure) => errorCode(failure) === '28000') ?? failures[0];
}

/** What a person has to change goes before what may pass, and a standby before a host that is not there. */
export function mostTellingHost(failures: readonly unknown[]): unknown {
  const isForAPerson = (failure: unknown) => classifyDatabaseError(failure).kind === 'configuration';
  const isStandby = (failure: unknown) => errorCode(failure) === 'STANDBY';
  return failures.find(isForAPerson) ?? failures.find(isStandby) ?? failures[0];
}

/** Node tries each address of a name and gives the failures in one error whose own message is empty. */
function said(cause: unknown): string {
  const parts = cause instanceof AggregateError ? cause.errors : [cause];
  const texts = parts.map((part) => (part instanceof Error ? part.message : String(part)));
  const code = errorCode(cause);
  return `${texts.join('; ').replace(/\.$/, '')}${isSqlstate(code) ? ` (${code})` : ''}`;
}
