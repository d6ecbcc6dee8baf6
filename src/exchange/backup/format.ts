import { z } from 'zod';

// A file of rows is gzip of lines. A line that begins with `#` is about those that follow; every other line is a row as
// JSON. A backup:
//
//   #{"format":"goal-agent backup","version":1,"migrations":["0001_schema",…],"at":"…","program":"3.0.0"}
//   #{"table":"goals","workspace":1}
//   {"id":"GOAL-0001",…}
//   #{"end":true,"rows":{"goals":1,…},"sha256":"…"}
//
// The digest is of all lines before the last one, with their line breaks.

export const formatName = 'goal-agent backup';
export const formatVersion = 1;

/** A table, and the columns that give its rows one order. */
interface BackedUpTable {
  name: string;
  key: string;
  /** What a workspace that gets another number cannot take along: its number is in the secrets, or it acts outside. */
  staysBehind?: true;
}

/** Tables in an order that the foreign keys allow. Words for search, the repositories that goals are listed by, and where ready work begins are made anew: they hold nothing that is not in the rows. */
export const tables: readonly BackedUpTable[] = [
  { name: 'counters', key: 'kind' },
  { name: 'goals', key: 'id' },
  { name: 'tasks', key: 'id' },
  { name: 'task_dependencies', key: 'task_id, depends_on_id' },
  { name: 'claims', key: 'task_id' },
  { name: 'notes', key: 'id' },
  { name: 'resources', key: 'name, holder' },
  { name: 'templates', key: 'name' },
  { name: 'operations', key: 'seq' },
  { name: 'events', key: 'seq' },
  { name: 'history_archives', key: 'last_operation' },
  { name: 'imports', key: 'content_hash' },
  { name: 'tokens', key: 'id', staysBehind: true },
  { name: 'webhooks', key: 'id', staysBehind: true },
];

export const Head = z.object({
  format: z.literal(formatName),
  version: z.number().int(),
  migrations: z.array(z.string()),
  at: z.string(),
  program: z.string(),
});
export type Head = z.infer<typeof Head>;

/** Rows by table, `workspaces` included. */
export type RowCounts = Record<string, number>;

/** A kind of file of rows: read-rows.ts reads them, and write-rows.ts writes them. */
export interface RowFile<H> {
  format: string;
  version: number;
  head: z.ZodType<H>;
  tables: readonly string[];
  /** What is said of a file of another kind. */
  refusal(file: string): string;
  /** What to do with one that is broken. */
  whatNext: string;
}

export const backupFile: RowFile<Head> = {
  format: formatName,
  version: formatVersion,
  head: Head,
  tables: ['workspaces', ...tables.map(({ name }) => name)],
  refusal: (file) => `${file} is no backup of Goal Agent. goal-agent backup writes one.`,
  whatNext: 'Use another backup; nothing was restored.',
};
