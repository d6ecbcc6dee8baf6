import { defineStatement } from '../statement.ts';

/** Locks goals, in the order of their numbers, and says how they stand. IDs that are not there have no row. */
export const lockGoals = defineStatement({
  name: 'lock_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { id: 'text', status: 'text', total_tasks: 'int4', open_tasks: 'int4', revision: 'int8', strict: 'bool' },
  text: `
    select g.id, g.status::text, g.total_tasks, g.open_tasks, g.revision, g.strict
    from goals g
    where g.workspace_id = $1 and g.id = any($2::text[])
    order by g.number
    for no key update`,
});
