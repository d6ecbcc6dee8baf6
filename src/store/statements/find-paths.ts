import { defineStatement } from '../statement.ts';

/** All that these tasks depend on, directly or not, and they themselves. Each once, so that the walk is linear in the edges. */
const reach = `
    with recursive reach (id) as (
      select unnest($2::text[])
      union
      select d.depends_on_id
      from reach r
      join task_dependencies d on d.workspace_id = $1 and d.task_id = r.id
    )`;

/** Whether one of these tasks depends, directly or not, on a task. */
export const findReach = defineStatement({
  name: 'find_reach',
  params: { workspaceId: 'int8', taskIds: 'text[]', taskId: 'text' },
  columns: { reached: 'bool' },
  text: `${reach}
    select exists (select from reach r where r.id = $3) as reached`,
});

/** The dependencies among all that these tasks depend on, at most `limit`. */
export const listReachEdges = defineStatement({
  name: 'list_reach_edges',
  params: { workspaceId: 'int8', taskIds: 'text[]', limit: 'int8' },
  columns: { task_id: 'text', depends_on_id: 'text' },
  text: `${reach}
    select d.task_id, d.depends_on_id
    from reach r
    join task_dependencies d on d.workspace_id = $1 and d.task_id = r.id
    limit $3`,
});

/** What a task depends on, in the order in which that was said. */
export const listDependencies = defineStatement({
  name: 'list_dependencies',
  params: { workspaceId: 'int8', taskId: 'text' },
  columns: { depends_on_id: 'text', place: 'int4' },
  text: `
    select d.depends_on_id, d.place
    from task_dependencies d
    where d.workspace_id = $1 and d.task_id = $2
    order by d.place`,
});
