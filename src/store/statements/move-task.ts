import { defineStatement } from '../statement.ts';
import { eventColumns, goalImage, goalStatus } from './sql.ts';

/**
 * Counts a task on the goal that it has moved to, and no longer on the one that it has left; both rows are locked. A goal
 * that gets an open task is at work; one that is left with nothing but completed tasks is completed. Two event numbers, from `seq`.
 */
export const moveTask = defineStatement({
  name: 'move_task',
  params: {
    workspaceId: 'int8',
    fromGoalId: 'text',
    toGoalId: 'text',
    open: 'int4',
    seq: 'int8',
    operation: 'int8',
    actor: 'text',
  },
  columns: { id: 'text', status: 'text', was: 'text' },
  text: `
    with before as (
      select g.*
      from goals g
      where g.workspace_id = $1 and g.id = any(array[$2, $3])
    ),
    counted as (
      select b.id, b.status, case when b.id = $3 then 1 else -1 end as tasks,
        b.open_tasks + case when b.id = $3 then $4::int4 else -$4 end as open_tasks
      from before b
    ),
    changed as (
      update goals g
      set total_tasks = g.total_tasks + n.tasks,
        open_tasks = n.open_tasks,
        status = case
          when n.id = $3 and $4 = 1 then 'in_progress'
          else ${goalStatus({ status: 'g.status', total: 'g.total_tasks + n.tasks', open: 'n.open_tasks', closes: '(n.id = $3 or $4 = 1)', opens: 'false' })}
        end,
        updated_at = now(),
        revision = g.revision + 1
      from counted n
      where g.workspace_id = $1 and g.id = n.id and g.id = any(array[$2, $3])
      returning g.*
    ),
    recorded as (
      insert into events (${eventColumns})
      select $1, $5 + row_number() over (order by c.number) - 1, $6, $7, 'updated', c.id, null::text, ${goalImage('b')}, ${goalImage('c')}
      from changed c
      join before b on b.id = c.id
      where c.status <> b.status
    )
    select c.id, c.status::text, b.status::text as was
    from changed c
    join before b on b.id = c.id`,
});

/** Takes a task's notes along to another goal. */
export const moveNotes = defineStatement({
  name: 'move_notes',
  params: { workspaceId: 'int8', taskId: 'text', goalId: 'text' },
  columns: {},
  text: `
    update notes n
    set goal_id = $3
    where n.workspace_id = $1 and n.task_id = $2`,
});
