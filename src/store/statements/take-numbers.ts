import { defineStatement } from '../statement.ts';

/** The first of `count` numbers that nobody else gets. */
export const takeNumbers = defineStatement({
  name: 'take_numbers',
  params: { workspaceId: 'int8', kind: 'text', count: 'int8' },
  columns: { first: 'int8' },
  text: `
    update counters
    set next = next + $3
    where workspace_id = $1 and kind = $2
    returning next - $3 as first`,
});
