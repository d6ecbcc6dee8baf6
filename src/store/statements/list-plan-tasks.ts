import { defineStatement } from '../statement.ts';

/** What planning needs of each of a goal's tasks, by number. */
export const listPlanTasks = defineStatement({
  name: 'list_plan_tasks',
  params: { workspaceId: 'int8', goalId: 'text', textLimit: 'int4' },
  columns: {
    id: 'text',
    description: 'text',
    status: 'text',
    priority: 'text',
    estimated_effort: 'text?',
    open_dependencies: 'int4',
    defer_until: 'timestamptz?',
  },
  text: `
    select t.id, left(t.description, $3) as description, t.status::text, t.priority::text, t.estimated_effort, t.open_dependencies,
      t.defer_until
    from tasks t
    where t.workspace_id = $1 and t.goal_id = $2
    order by t.number`,
});
