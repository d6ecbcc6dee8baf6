import { defineStatement } from '../statement.ts';

/** Whether one of an operation's events was committed: after a lost connection it tells what became of a write. */
export const findEvent = defineStatement({
  name: 'find_event',
  params: { workspaceId: 'int8', seq: 'int8', count: 'int8' },
  columns: { seq: 'int8' },
  text: `
    select seq
    from events
    where workspace_id = $1 and seq >= $2 and seq < $2 + $3
    limit 1`,
});
