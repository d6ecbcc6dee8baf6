import type pg from 'pg';
import type { Session } from './session.ts';

/**
 * Runs the commands of a migration one at a time: a sharded database does not run several in one message on its tables.
 * A command ends where a line ends with `;`. Two that stand between are refused by the server, and neither runs.
 */
export async function runCommands(session: Session, text: string): Promise<pg.QueryResult | undefined> {
  let last: pg.QueryResult | undefined;
  for (const command of text.split(/;[ \t]*(?:\n|$)/)) {
    if (command.replace(/^\s*--.*$/gm, '').trim() === '') continue;
    const alone = { text: command, queryMode: 'extended' };
    last = await session.query(alone);
  }
  return last;
}
