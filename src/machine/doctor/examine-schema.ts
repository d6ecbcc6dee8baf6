import { GoalAgentError } from '../../domain/errors.ts';
import expected from '../../store/expected-schema.json' with { type: 'json' };
import { missingParts, readSchemaParts } from '../../store/inspect-schema.ts';
import { mayCreateTables, readMissingRights } from '../../store/inspect-server.ts';
import { pendingMigrations } from '../../store/migrate.ts';
import { findPythonTables } from '../../store/python-tables.ts';
import type { Session } from '../../store/session.ts';
import { type Finding, findingsOf } from './finding.ts';

const mostShown = 10;

/** Looks whether the tables are those of this version; `isUsable` says whether what is in them can be read. */
export async function examineSchema(session: Session): Promise<{ findings: Finding[]; isUsable: boolean }> {
  const { findings, ok, error } = findingsOf('schema');
  try {
    const pending = await pendingMigrations(session);
    if (pending.length > 0) {
      const python = (await findPythonTables(session)) === 'python';
      if (python)
        error(
          'The database holds the tables of the Python v3.0.',
          'Stop that server and run goal-agent init, which converts them and keeps the old ones.',
        );
      else
        error(
          `The tables are missing or older than this version: ${pending.join(', ')} did not run.`,
          'Run goal-agent init; each server does the same when it starts.',
        );
      if (!(await mayCreateTables(session)))
        error(
          `The user of the settings may not create tables in the schema ${session.schema}, so goal-agent init will fail.`,
          `Run as the owner of the database: grant create on schema ${session.schema} to USER; or connect as the owner.`,
        );
      return { findings, isUsable: false };
    }
  } catch (caught) {
    if (!(caught instanceof GoalAgentError)) throw caught;
    error(caught.message, 'Install the newer version; nothing else helps, and nothing was changed.');
    return { findings, isUsable: false };
  }
  const lacking = await readMissingRights(session);
  if (lacking.length > 0)
    error(
      `The user of the settings lacks rights: ${lacking.slice(0, mostShown).join(', ')}${lacking.length > mostShown ? ' …' : ''}.`,
      'Grant them as the owner of the tables, or connect as the owner.',
    );
  const missing = missingParts(expected, await readSchemaParts(session));
  if (missing.length === 0) ok('The tables, constraints and indexes are those of this version.');
  for (const part of missing.slice(0, mostShown)) {
    error(
      `${part} is missing or not valid: somebody changed the schema.`,
      'Make it again as migrations/ says, or restore a backup.',
    );
  }
  if (missing.length > mostShown) error(`${missing.length - mostShown} more parts are missing.`, 'Restore a backup.');
  return { findings, isUsable: lacking.length === 0 && !missing.some((part) => part.startsWith('the column')) };
}
