import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { GoalAgentError } from '../domain/errors.ts';
import { runCommands } from './commands.ts';
import type { Session } from './session.ts';

/** The migrations that were there before 0001_schema, and that a database has which is converted. */
const older = [
  '0001_goals-tasks-and-history',
  '0002_notes-requests-and-imports',
  '0003_claims',
  '0004_search-and-briefing',
  '0005_undo',
  '0006_cheaper-writes',
  '0007_writers-that-do-not-meet',
];

/** The file below the migrations that makes such a database one of 0001_schema, and what it is called in reports. */
export const conversion = 'older/to-0001';

/**
 * Whether a database with these migrations has to be converted.
 *
 * @throws GoalAgentError `configuration` for one that was made between two versions: no program but its own knows it.
 */
export function isOlder(applied: readonly string[]): boolean {
  if (applied[0] !== older[0]) return false;
  if (applied.join() === older.join()) return true;
  throw new GoalAgentError(
    'configuration',
    `This database was made by a version in development (its last migration is ${applied.at(-1)}), which this version does not convert. Let the program that made it run goal-agent export json FILE, and import that file into a new database. Nothing was changed.`,
  );
}

/** Converts the database in the transaction that is open on `session`; the words of its rows are not made yet. */
export async function convertOlder(session: Session, migrations: string): Promise<void> {
  await runCommands(session, await readFile(path.join(migrations, `${conversion}.sql`), 'utf8'));
}
