import { note } from '../cli/render/output.ts';
import { dropLegacyTables } from '../store/python-tables.ts';
import { withSession } from '../store/session.ts';
import type { Config } from './config.ts';
import { withOperatorText } from './opening/command-call.ts';
import { sourceOf } from './opening/database-source.ts';

/** Drops the tables that the conversion of a Python v3.0 database kept, and gives back their names and numbers of rows. */
export async function dropLegacy(config: Config): Promise<{ table: string; rows: number }[]> {
  const source = sourceOf(config, note);
  return withOperatorText(config, source, async () => withSession(await source.connect(), dropLegacyTables));
}
