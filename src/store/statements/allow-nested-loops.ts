import { defineStatement } from '../statement.ts';

/**
 * Whether the statements after it, to the transaction's end, may go through one list for each row of another. Of the lists
 * that a statement makes for itself the planner knows no length: it expects one row, and 5,000 took half a minute.
 */
export const allowNestedLoops = defineStatement({
  name: 'allow_nested_loops',
  params: { allowed: 'bool' },
  columns: { setting: 'text' },
  text: `
    select set_config('enable_nestloop', $1::bool::text, true) as setting`,
});
