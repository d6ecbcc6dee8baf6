import { defineStatement } from '../statement.ts';
import { subtreeOf } from './goal-tree-pieces.ts';

// Without a join: a planner without statistics expects one row of each, and compares all of a goal's dependencies with
// each of its tasks, which took 20 s for 180,000 of them.

const ofGoal = `d.workspace_id = $1 and d.task_id = any(array(
      select t.id
      from tasks t
      where t.workspace_id = $1 and t.goal_id = any(${subtreeOf('array[$2]')})
    ))`;

/** What the tasks of a goal and of all goals below it depend on, each task's in their order. */
export const listPlanDependencies = defineStatement({
  name: 'list_plan_dependencies',
  params: { workspaceId: 'int8', goalId: 'text' },
  columns: { task_id: 'text', depends_on_id: 'text' },
  text: `
    select d.task_id, d.depends_on_id
    from task_dependencies d
    where ${ofGoal}
    order by d.place`,
});

/** How that stands, without what lets its dependents go although it is not completed: it may belong to another goal. */
export const listPlanDependencyStatuses = defineStatement({
  name: 'list_plan_dependency_statuses',
  params: { workspaceId: 'int8', goalId: 'text' },
  columns: { id: 'text', status: 'text' },
  text: `
    select x.id, x.status::text
    from tasks x
    where x.workspace_id = $1 and not x.waived and x.id = any(array(
      select distinct d.depends_on_id
      from task_dependencies d
      where ${ofGoal}
    ))`,
});
