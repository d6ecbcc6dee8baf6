import { defineStatement } from '../statement.ts';
import { eventColumns, goalImage } from './sql.ts';

/** Counts new tasks on their goal, whose row is locked, and sets it to work. Where its status changes, that is an event. */
export const addTasksToGoal = defineStatement({
  name: 'add_tasks_to_goal',
  params: { workspaceId: 'int8', goalId: 'text', count: 'int4', seq: 'int8', operation: 'int8', actor: 'text' },
  columns: {},
  text: `
    with before as (
      select g.*
      from goals g
      where g.workspace_id = $1 and g.id = $2
    ),
    changed as (
      update goals g
      set total_tasks = g.total_tasks + $3,
        open_tasks = g.open_tasks + $3,
        status = 'in_progress',
        updated_at = now(),
        revision = g.revision + 1
      from before b
      where g.workspace_id = $1 and g.id = b.id and g.id = $2
      returning g.*
    )
    insert into events (${eventColumns})
    select $1, $4, $5, $6, 'updated', c.id, null::text, ${goalImage('b')}, ${goalImage('c')}
    from changed c
    join before b on b.id = c.id
    where c.status <> b.status`,
});
