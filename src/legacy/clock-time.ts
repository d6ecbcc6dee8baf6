import { type Run, step } from '../store/database.ts';
import { findTime } from '../store/statements/find-time.ts';

/** The time by the database's clock, which all rows have: a record without a time gets it. */
export async function clockTime(run: Run): Promise<string> {
  const [row] = (await run({ clock: step(findTime, {}) })).clock;
  if (row === undefined) throw new Error('find_time gave no row');
  return row.now;
}
