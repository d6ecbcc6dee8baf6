import { defineStatement } from '../statement.ts';
import { deletedTaskImage, eventColumns, goalImage, goalStatus } from './sql.ts';

/**
 * Deletes a task, under the exclusive graph lock, its row and its goal's locked. Those that waited for it wait no more; a goal that is left with
 * nothing but completed tasks is completed. Two event numbers: `seq` and the next.
 */
export const deleteTask = defineStatement({
  name: 'delete_task',
  params: { workspaceId: 'int8', taskId: 'text', seq: 'int8', actor: 'text' },
  columns: { goal_id: 'text', dependent_tasks: 'text[]', claimed_by: 'text?', lease_expires_at: 'timestamptz?' },
  text: `
    with gone as (
      select t.*
      from tasks t
      where t.workspace_id = $1 and t.id = $2
    ),
    dependents as (
      select d.task_id
      from task_dependencies d
      where d.workspace_id = $1 and d.depends_on_id = $2
    ),
    goal_before as (
      select g.*
      from goals g
      where g.workspace_id = $1 and g.id = any(array(select x.goal_id from gone x))
    ),
    released as (
      update tasks t
      set open_dependencies = t.open_dependencies - 1, revision = t.revision + 1
      from gone x
      where t.workspace_id = $1 and t.id = any(array(select p.task_id from dependents p)) and x.status <> 'completed'
    ),
    goal_changed as (
      update goals g
      set total_tasks = g.total_tasks - 1,
        open_tasks = g.open_tasks - (x.status <> 'completed')::int4,
        status = ${goalStatus({ status: 'g.status', total: 'g.total_tasks - 1', open: 'g.open_tasks - 1', closes: "x.status <> 'completed'", opens: 'false' })},
        updated_at = now(),
        revision = g.revision + 1
      from goal_before b
      join gone x on x.goal_id = b.id
      where g.workspace_id = $1 and g.id = b.id and g.id = any(array(select y.goal_id from gone y))
      returning g.*
    ),
    recorded as (
      insert into events (${eventColumns})
      select $1, $3, $3, $4, 'deleted', x.goal_id, x.id, ${deletedTaskImage('x')}, null::jsonb
      from gone x
      union all
      select $1, $3::int8 + 1, $3, $4, 'updated', c.id, null::text, ${goalImage('b')}, ${goalImage('c')}
      from goal_changed c
      join goal_before b on b.id = c.id
      where c.status <> b.status
    ),
    deleted as (
      delete from tasks t
      using gone x
      where t.workspace_id = $1 and t.id = x.id and t.id = $2
      returning t.goal_id, t.claimed_by, t.lease_expires_at
    )
    select d.goal_id, array(select p.task_id from dependents p order by p.task_id) as dependent_tasks,
      d.claimed_by, d.lease_expires_at
    from deleted d`,
});
