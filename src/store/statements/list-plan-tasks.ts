import { defineStatement } from '../statement.ts';
import { subtreeOf } from './goal-tree-pieces.ts';

/** What planning needs of each task of a goal and of all goals below it, by number, without what closed goals below left unfinished. */
export const listPlanTasks = defineStatement({
  name: 'list_plan_tasks',
  params: { workspaceId: 'int8', goalId: 'text', textLimit: 'int4' },
  columns: {
    id: 'text',
    goal_id: 'text',
    description: 'text',
    status: 'text',
    priority: 'text',
    estimated_effort: 'text?',
    open_dependencies: 'int4',
    defer_until: 'timestamptz?',
  },
  text: `
    select t.id, t.goal_id, left(t.description, $3) as description, t.status::text, t.priority::text, t.estimated_effort, t.open_dependencies,
      t.defer_until
    from tasks t
    where t.workspace_id = $1 and t.goal_id = any(${subtreeOf('array[$2]')}) and (t.goal_id = $2 or not t.parked)
    order by t.number`,
});
