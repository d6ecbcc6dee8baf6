import { defineStatement } from '../statement.ts';

/** Locks tasks and all that depend on them, in the order of their numbers: under the shared graph lock those are all there are. */
export const lockTasksAndDependents = defineStatement({
  name: 'lock_tasks_and_dependents',
  params: { workspaceId: 'int8', taskIds: 'text[]' },
  columns: { id: 'text' },
  text: `
    select t.id
    from tasks t
    where t.workspace_id = $1
      and t.id = any(array(
        select unnest($2::text[])
        union
        select d.task_id
        from task_dependencies d
        where d.workspace_id = $1 and d.depends_on_id = any($2::text[])
      ))
    order by t.number
    for no key update`,
});

/** Locks the goals whose count of open tasks, or whose status, these changes move: `changes` as set_task_statuses takes them. */
export const lockGoalsOfChanges = defineStatement({
  name: 'lock_goals_of_changes',
  params: { workspaceId: 'int8', changes: 'jsonb', taskIds: 'text[]' },
  columns: { id: 'text' },
  text: `
    select g.id
    from goals g
    where g.workspace_id = $1
      and g.id = any(array(
        select t.goal_id
        from tasks t
        join jsonb_to_recordset($2::jsonb) as w (task_id text, status text) on w.task_id = t.id
        where t.workspace_id = $1 and t.id = any($3::text[])
          and ((t.status = 'completed') <> (w.status = 'completed') or t.parked and w.status = 'in_progress')
      ))
    order by g.number
    for no key update`,
});

/** Locks a task and its goal, for one who holds the exclusive graph lock. */
export const lockTaskAndGoal = defineStatement({
  name: 'lock_task_and_goal',
  params: { workspaceId: 'int8', taskId: 'text' },
  columns: { id: 'text' },
  text: `
    select t.id
    from tasks t
    join goals g on g.workspace_id = $1 and g.id = t.goal_id
    where t.workspace_id = $1 and t.id = $2
    for update`,
});

/** Locks the tasks of goals, for one who holds the exclusive graph lock. */
export const lockTasksOfGoals = defineStatement({
  name: 'lock_tasks_of_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { id: 'text' },
  text: `
    select t.id
    from tasks t
    where t.workspace_id = $1 and t.goal_id = any($2::text[])
    order by t.number
    for update`,
});
