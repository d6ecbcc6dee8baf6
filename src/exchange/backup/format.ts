import { z } from 'zod';

// A backup is gzip of lines. A line that begins with `#` is about those that follow; every other line is a row as JSON:
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
  { name: 'operations', key: 'seq' },
  { name: 'events', key: 'seq' },
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

export const TableLine = z.object({ table: z.string(), workspace: z.number().int().positive().nullable() });
export const EndLine = z.object({
  end: z.literal(true),
  rows: z.record(z.string(), z.number().int()),
  sha256: z.string(),
});

/** Rows by table, `workspaces` included. */
export type RowCounts = Record<string, number>;
