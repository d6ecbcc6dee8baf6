import { defineStatement } from '../statement.ts';

// Who depends on whom in a workspace is guarded by one advisory lock, held to the end of the transaction:
// shared by those who walk the edges (a status that changes counts on to its dependents), exclusive for those who
// add or remove edges or tasks. Under the shared lock edges stand still, so a walker can lock every row that it will
// change in the order of its number, and no two of them can deadlock. docs/decisions/locking.md says what goes wrong without.
// The first number is this product's own, so that no other program's advisory locks are met.

export const lockGraphShared = defineStatement({
  name: 'lock_graph_shared',
  params: { workspaceId: 'int8' },
  columns: { locked: 'bool' },
  text: `
    select pg_advisory_xact_lock_shared(1196376898, ($1::int8 % 2147483647)::int4) is not null as locked`,
});

export const lockGraphExclusive = defineStatement({
  name: 'lock_graph_exclusive',
  params: { workspaceId: 'int8' },
  columns: { locked: 'bool' },
  text: `
    select pg_advisory_xact_lock(1196376898, ($1::int8 % 2147483647)::int4) is not null as locked`,
});
