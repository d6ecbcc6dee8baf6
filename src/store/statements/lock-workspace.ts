import { defineStatement } from '../statement.ts';

// A workspace is deleted under a lock that every new goal takes with others: no goal comes into one that is going. What else
// is new needs a row that is there, and rows are locked before they are read for the export. The first number of the lock is
// this product's own, as that of the graph's.

/** Waits for goals that are being made, and keeps others from coming. */
export const lockWorkspaceExclusive = defineStatement({
  name: 'lock_workspace_exclusive',
  params: { workspaceId: 'int8' },
  columns: { locked: 'bool' },
  text: `
    select pg_advisory_xact_lock(1196376899, ($1::int8 % 2147483647)::int4) is not null as locked`,
});

/** Keeps the workspace from being deleted until the transaction ends. */
export const holdWorkspace = defineStatement({
  name: 'hold_workspace',
  params: { workspaceId: 'int8' },
  columns: { locked: 'bool' },
  text: `
    select pg_advisory_xact_lock_shared(1196376899, ($1::int8 % 2147483647)::int4) is not null as locked`,
});

/** Locks every goal, and says how many there are. */
export const lockGoalsOfWorkspace = defineStatement({
  name: 'lock_goals_of_workspace',
  params: { workspaceId: 'int8' },
  columns: { count: 'int8' },
  text: `
    with locked as materialized (
      select g.id
      from goals g
      where g.workspace_id = $1
      order by g.number
      for update
    )
    select count(*) as count
    from locked`,
});

/** Locks every task, and says how many there are. */
export const lockTasksOfWorkspace = defineStatement({
  name: 'lock_tasks_of_workspace',
  params: { workspaceId: 'int8' },
  columns: { count: 'int8' },
  text: `
    with locked as materialized (
      select t.id
      from tasks t
      where t.workspace_id = $1
      order by t.number
      for update
    )
    select count(*) as count
    from locked`,
});
