import { defineStatement } from '../statement.ts';

export const lockGoal = defineStatement({
  name: 'lock_goal',
  params: { workspaceId: 'int8', goalId: 'text' },
  columns: { status: 'text', total_tasks: 'int4' },
  text: `
    select status::text, total_tasks
    from goals
    where workspace_id = $1 and id = $2
    for no key update`,
});
