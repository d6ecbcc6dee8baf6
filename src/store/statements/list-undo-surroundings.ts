import { defineStatement } from '../statement.ts';
import { isOpenGoal } from './goal-tree-pieces.ts';
import { isOpen } from './sql.ts';

// What an undo meets beside the rows that it changes.

/** Locks tasks, and those that depend on them, in the order of their numbers. */
export const lockTasksForUndo = defineStatement({
  name: 'lock_tasks_for_undo',
  params: { workspaceId: 'int8', taskIds: 'text[]' },
  columns: { id: 'text' },
  text: `
    select t.id
    from tasks t
    where t.workspace_id = $1
      and t.id = any($2::text[] || array(
        select d.task_id
        from task_dependencies d
        where d.workspace_id = $1 and d.depends_on_id = any($2::text[])
      ))
    order by t.number
    for update`,
});

/** The tasks of these goals. */
export const listTaskIdsOfGoals = defineStatement({
  name: 'list_task_ids_of_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { id: 'text', goal_id: 'text' },
  text: `
    select t.id, t.goal_id
    from tasks t
    where t.workspace_id = $1 and t.goal_id = any($2::text[])
    order by t.number`,
});

/** The sub-goals of these goals. */
export const listSubGoalsOfGoals = defineStatement({
  name: 'list_sub_goals_of_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { id: 'text', parent_goal_id: 'text' },
  text: `
    select g.id, g.parent_goal_id
    from goals g
    where g.workspace_id = $1 and g.parent_goal_id = any($2::text[])
    order by g.number`,
});

/** How many sub-goals each of these goals has, beside those among `apart`, and how many of them are open. */
export const countSubGoalsOfGoals = defineStatement({
  name: 'count_sub_goals_of_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]', apart: 'text[]' },
  columns: { goal_id: 'text', total: 'int4', open: 'int4' },
  text: `
    select g.parent_goal_id as goal_id, count(*)::int4 as total, (count(*) filter (where ${isOpenGoal('g')}))::int4 as open
    from goals g
    where g.workspace_id = $1 and g.parent_goal_id = any($2::text[]) and g.id <> all($3::text[])
    group by g.parent_goal_id`,
});

/** How many tasks each of these goals has, and how many of them are open. A goal without tasks has no row. */
export const countTasksOfGoals = defineStatement({
  name: 'count_tasks_of_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { goal_id: 'text', total: 'int4', open: 'int4' },
  text: `
    select t.goal_id, count(*)::int4 as total, (count(*) filter (where ${isOpen('t')}))::int4 as open
    from tasks t
    where t.workspace_id = $1 and t.goal_id = any($2::text[])
    group by t.goal_id`,
});

/** The database's clock, by which leases end. */
export const readClock = defineStatement({
  name: 'read_clock',
  params: {},
  columns: { now: 'timestamptz' },
  text: `
    select clock_timestamp() as now`,
});
