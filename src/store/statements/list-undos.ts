import { defineStatement } from '../statement.ts';

/**
 * The undos among these operations, those that took one of these back, those that took back one of those, and so on: each
 * with what it took back. An undo has an event for each row that what it took back has one for, so the first of them finds it.
 */
export const listUndos = defineStatement({
  name: 'list_undos',
  params: { workspaceId: 'int8', operations: 'int8[]' },
  columns: { operation: 'int8', undoes: 'int8[]' },
  text: `
    with recursive reach (operation) as (
      select unnest($2::int8[])
      union
      select u.operation
      from reach r
      cross join lateral (
        select e.task_id, e.goal_id
        from events e
        where e.workspace_id = $1 and e.operation = r.operation
        order by e.seq
        limit 1
      ) x
      join events u on u.workspace_id = $1 and u.undoes is not null
        and coalesce(u.task_id, u.goal_id) = coalesce(x.task_id, x.goal_id) and u.undoes @> array[r.operation]
    )
    select e.operation, array_agg(distinct u.id) as undoes
    from reach r
    join events e on e.workspace_id = $1 and e.operation = r.operation
    cross join unnest(e.undoes) as u (id)
    group by e.operation`,
});
