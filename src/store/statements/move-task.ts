import { defineStatement } from '../statement.ts';
import { goalStatus } from './sql.ts';

/**
 * Counts a task on the goal that it has moved to, and no longer on the one that it has left; both rows are locked. A goal
 * that gets an open task is at work; one that is left with nothing but completed tasks is completed.
 */
export const moveTask = defineStatement({
  name: 'move_task',
  params: { workspaceId: 'int8', fromGoalId: 'text', toGoalId: 'text', open: 'int4' },
  columns: {},
  text: `
    update goals g
    set total_tasks = g.total_tasks + n.tasks,
      open_tasks = g.open_tasks + n.tasks * $4,
      status = case
        when g.id = $3 and $4 = 1 then 'in_progress'
        else ${goalStatus({ status: 'g.status', total: 'g.total_tasks + g.total_goals + n.tasks', open: 'g.open_tasks + g.open_goals + n.tasks * $4', closes: '(g.id = $3 or $4 = 1)', opens: 'false' })}
      end,
      updated_at = statement_timestamp(),
      revision = g.revision + 1
    from (values ($2, -1), ($3, 1)) as n (id, tasks)
    where g.workspace_id = $1 and g.id = any(array[$2, $3]) and g.id = n.id`,
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
