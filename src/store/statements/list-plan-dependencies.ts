import { defineStatement } from '../statement.ts';

/** What a goal's tasks depend on, and how that stands: it may belong to another goal. */
export const listPlanDependencies = defineStatement({
  name: 'list_plan_dependencies',
  params: { workspaceId: 'int8', goalId: 'text' },
  columns: { task_id: 'text', depends_on_id: 'text', depends_on_goal_id: 'text', depends_on_status: 'text' },
  text: `
    select d.task_id, d.depends_on_id, x.goal_id as depends_on_goal_id, x.status::text as depends_on_status
    from tasks t
    join task_dependencies d on d.workspace_id = $1 and d.task_id = t.id
    join tasks x on x.workspace_id = $1 and x.id = d.depends_on_id
    where t.workspace_id = $1 and t.goal_id = $2
    order by t.number, d.place`,
});
