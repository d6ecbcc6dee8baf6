import { defineStatement } from '../statement.ts';
import { editedPriority, keepsWaiting, taskEdit } from './sql.ts';

/**
 * Changes a task whose row is locked, and whose dependencies are those that it is to have: its fields as `change` has them,
 * and its goal, one that is not closed.
 */
export const rewireTask = defineStatement({
  name: 'rewire_task',
  params: { workspaceId: 'int8', taskId: 'text', change: 'jsonb', goalId: 'text?' },
  columns: {},
  text: `
    update tasks t
    set ${taskEdit('$3::jsonb')},
      goal_id = coalesce($4::text, t.goal_id),
      parked = t.parked and $4 is null,
      open_dependencies = (
        select count(*)
        from task_dependencies d
        join tasks x on x.workspace_id = $1 and x.id = d.depends_on_id
        where d.workspace_id = $1 and d.task_id = $2 and ${keepsWaiting('x')}),
      updated_at = statement_timestamp(),
      revision = t.revision + 1
    from ${editedPriority('$3::jsonb')}
    where t.workspace_id = $1 and t.id = $2`,
});

/** Takes dependencies of one task away. */
export const deleteDependencies = defineStatement({
  name: 'delete_dependencies',
  params: { workspaceId: 'int8', taskIds: 'text[]', dependsOnIds: 'text[]' },
  columns: {},
  text: `
    delete from task_dependencies d
    using unnest($2::text[], $3::text[]) as x (task_id, depends_on_id)
    where d.workspace_id = $1 and d.task_id = any($2) and d.task_id = x.task_id and d.depends_on_id = x.depends_on_id`,
});
