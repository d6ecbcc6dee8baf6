import { z } from 'zod';
import type { RowFile } from '../backup/format.ts';

const Head = z.object({
  format: z.literal('goal-agent history'),
  version: z.number().int(),
  program: z.string(),
  workspace: z.string(),
  last_operation: z.number().int(),
  mark: z.string(),
  first_at: z.string(),
  last_at: z.string(),
});
export type Head = z.infer<typeof Head>;

/** History that was taken out of the database. */
export const historyFile: RowFile<Head> = {
  format: 'goal-agent history',
  version: 1,
  head: Head,
  tables: ['operations', 'events'],
  refusal: (file) => `${file} is no archive of history. goal-agent archive history writes one.`,
  whatNext: 'Nothing was changed.',
};
