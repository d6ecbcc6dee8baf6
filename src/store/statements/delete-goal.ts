import { defineStatement } from '../statement.ts';
import { deletedGoalImage, deletedTaskImage, eventColumns, isSame } from './sql.ts';

/**
 * Deletes a goal with its tasks, under the exclusive graph lock, all of their rows locked. Tasks of other goals that waited for them wait no more.
 * The history keeps each removed row whole: `seq` and as many numbers after it as the goal has tasks. Where that is no
 * longer `totalTasks`, nothing is deleted and no row comes back.
 */
export const deleteGoal = defineStatement({
  name: 'delete_goal',
  params: { workspaceId: 'int8', goalId: 'text', seq: 'int8', actor: 'text', totalTasks: 'int4' },
  columns: { task_ids: 'text[]', claims: 'jsonb' },
  text: `
    with goal as (
      select g.*
      from goals g
      where g.workspace_id = $1 and g.id = $2 and g.total_tasks = $5
    ),
    gone as (
      select t.*
      from tasks t
      where t.workspace_id = $1 and t.goal_id = any(array(select g.id from goal g))
    ),
    waiting as (
      select d.task_id, count(*)::int4 as open
      from task_dependencies d
      join gone x on x.id = d.depends_on_id
      where d.workspace_id = $1 and d.depends_on_id = any(array(select y.id from gone y)) and x.status <> 'completed'
      group by d.task_id
    ),
    released as (
      update tasks t
      set open_dependencies = t.open_dependencies - w.open, revision = t.revision + 1
      from waiting w
      where t.workspace_id = $1 and t.id = any(array(select v.task_id from waiting v)) and ${isSame('t.id', 'w.task_id')}
        and t.goal_id <> $2
    ),
    recorded as (
      insert into events (${eventColumns})
      select $1, $3, $3, $4, 'deleted', g.id, null::text, ${deletedGoalImage('g')}, null::jsonb
      from goal g
      union all
      select $1, $3 + row_number() over (order by x.number), $3, $4, 'deleted', x.goal_id, x.id, ${deletedTaskImage('x')}, null::jsonb
      from gone x
    ),
    deleted as (
      delete from goals g
      using goal d
      where g.workspace_id = $1 and g.id = d.id and g.id = $2
      returning g.id
    )
    select array(select x.id from gone x order by x.number) as task_ids,
      coalesce((
        select jsonb_agg(jsonb_build_object('id', x.id, 'claimed_by', x.claimed_by, 'lease_expires_at', x.lease_expires_at) order by x.number)
        from gone x
        where x.claimed_by is not null and x.lease_expires_at > now()
      ), '[]'::jsonb) as claims
    from deleted`,
});
