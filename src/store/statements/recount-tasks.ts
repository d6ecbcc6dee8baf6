import { defineStatement } from '../statement.ts';

/** Counts the open dependencies of these tasks, and of those that depend on them, again, and looks which of them are parked. */
export const recountTasks = defineStatement({
  name: 'recount_tasks',
  params: { workspaceId: 'int8', taskIds: 'text[]', goalIds: 'text[]' },
  columns: {},
  text: `
    with touched as (
      select i.id
      from unnest($2::text[]) as i (id)
      union
      select d.task_id
      from task_dependencies d
      where d.workspace_id = $1 and d.depends_on_id = any($2::text[])
      union
      select t.id
      from tasks t
      where t.workspace_id = $1 and t.goal_id = any($3::text[])
    ),
    counted as (
      select d.task_id, count(*)::int4 as open
      from task_dependencies d
      join tasks x on x.workspace_id = $1 and x.id = d.depends_on_id
      where d.workspace_id = $1 and x.status <> 'completed' and d.task_id = any(array(select i.id from touched i))
      group by d.task_id
    ),
    present as materialized (
      select t.id, t.goal_id, t.status
      from tasks t
      where t.workspace_id = $1 and t.id = any(array(select i.id from touched i))
    ),
    right_now as (
      select t.id, coalesce(c.open, 0) as open, t.status <> 'completed' and g.status in ('completed', 'cancelled') as parked
      from touched i
      join present t on t.id = i.id
      join goals g on g.workspace_id = $1 and g.id = t.goal_id
      left join counted c on c.task_id = t.id
    )
    update tasks t
    set open_dependencies = r.open, parked = r.parked, revision = t.revision + 1
    from right_now r
    where t.workspace_id = $1 and t.id = r.id and t.id = any(array(select i.id from touched i)) and (t.open_dependencies <> r.open or t.parked <> r.parked)`,
});
