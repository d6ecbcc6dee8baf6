import { defineStatement } from '../statement.ts';

/**
 * What is shown otherwise since these operations, and of the tasks of `taskIds`: goals, and tasks with their goals, at
 * most `limit` rows. To these belong the parents of changed goals, the tasks that depend on a changed one, since their goals' plans look at its status,
 * and those that depended on a deleted one.
 */
export const listChanged = defineStatement({
  name: 'list_changed',
  params: { workspaceId: 'int8', limit: 'int8', operations: 'uuid[]', taskIds: 'text[]' },
  columns: { goal_id: 'text', task_id: 'text?' },
  text: `
    with happened as (
      select e.goal_id, e.task_id, e.before, e.after is null as deleted, e.after ->> 'parent_goal_id' as parent
      from events e
      where e.workspace_id = $1 and e.operation = any(array(
        select o.seq
        from operations o
        where o.workspace_id = $1 and o.id = any($3::uuid[])
      ))
      limit $2
    )
    select t.goal_id, t.task_id
    from (
      select h.goal_id, h.task_id
      from happened h
      union
      -- the goal that a task was moved away from
      select h.before ->> 'goal_id', h.task_id
      from happened h
      where h.task_id is not null and h.before ? 'goal_id'
      union
      -- the parents that a goal has, and had
      select p.id, null
      from happened h
      cross join unnest(array[h.parent, h.before ->> 'parent_goal_id']) as p (id)
      where h.task_id is null and p.id is not null
      union
      select t.goal_id, t.id
      from happened h
      join task_dependencies d on d.workspace_id = $1 and d.depends_on_id = h.task_id
      join tasks t on t.workspace_id = $1 and t.id = d.task_id
      union
      select t.goal_id, t.id
      from happened h
      cross join jsonb_to_recordset(h.before -> 'dependents') as x (task_id text)
      join tasks t on t.workspace_id = $1 and t.id = x.task_id
      where h.deleted and h.task_id is not null
      union
      select t.goal_id, t.id
      from tasks t
      where t.workspace_id = $1 and t.id = any($4::text[])
    ) t
    limit $2`,
});
