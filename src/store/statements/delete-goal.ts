import { defineStatement } from '../statement.ts';
import { deletedGoalImage, deletedTaskImage } from './images.ts';
import { isSame, keepsWaiting } from './sql.ts';

// Deleting goals with their tasks, under the exclusive graph lock, all of their rows locked: first the history, which keeps
// each removed row whole, then those that waited, then the rows.

/** The claims on these goals' tasks whose lease runs, by the tasks' numbers. */
export const listClaimsOfGoals = defineStatement({
  name: 'list_claims_of_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { id: 'text', claimed_by: 'text', lease_expires_at: 'timestamptz' },
  text: `
    select t.id, c.holder as claimed_by, c.expires_at as lease_expires_at
    from claims c
    join tasks t on t.workspace_id = $1 and t.id = c.task_id
    where c.workspace_id = $1 and c.expires_at > now() and t.goal_id = any($2::text[])
    order by t.number`,
});

/** The first of these goals comes first. */
export const recordDeletedGoals = defineStatement({
  name: 'record_deleted_goals',
  params: { workspaceId: 'int8', operation: 'int8', goalIds: 'text[]' },
  columns: {},
  text: `
    insert into events (workspace_id, operation, action, goal_id, before)
    select i.workspace_id, $2, 'deleted', i.id, i.image
    from (
      select g.workspace_id, g.id, g.number, ${deletedGoalImage('g')} as image
      from goals g
      where g.workspace_id = $1 and g.id = any($3::text[])
      offset 0
    ) i
    order by i.id <> ($3::text[])[1], i.number`,
});

export const recordDeletedTasks = defineStatement({
  name: 'record_deleted_tasks',
  params: { workspaceId: 'int8', operation: 'int8', goalIds: 'text[]' },
  columns: {},
  text: `
    insert into events (workspace_id, operation, action, goal_id, task_id, before)
    select i.workspace_id, $2, 'deleted', i.goal_id, i.id, i.image
    from (
      select t.workspace_id, t.goal_id, t.id, t.number, ${deletedTaskImage('t')} as image
      from tasks t
      where t.workspace_id = $1 and t.goal_id = any($3::text[])
      offset 0
    ) i
    order by i.number`,
});

/** Tasks of other goals that waited for tasks of these wait for them no more. */
export const releaseDependentsOfGoals = defineStatement({
  name: 'release_dependents_of_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { id: 'text' },
  text: `
    with waiting as materialized (
      select d.task_id, count(*)::int4 as open
      from task_dependencies d
      where d.workspace_id = $1 and d.depends_on_id = any(array(
        select x.id
        from tasks x
        where x.workspace_id = $1 and x.goal_id = any($2::text[]) and ${keepsWaiting('x')}
      ))
      group by d.task_id
    )
    update tasks t
    set open_dependencies = t.open_dependencies - w.open, revision = t.revision + 1
    from waiting w
    where t.workspace_id = $1 and t.id = any(array(select v.task_id from waiting v)) and ${isSame('t.id', 'w.task_id')}
      and t.goal_id <> all($2::text[])
    returning t.id`,
});
