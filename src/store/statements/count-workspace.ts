import { defineStatement } from '../statement.ts';

/** How much a workspace holds, from its goals' own counts, and the last number given to each kind. */
export const countWorkspace = defineStatement({
  name: 'count_workspace',
  params: { workspaceId: 'int8' },
  columns: { goals: 'int8', tasks: 'int8', open_tasks: 'int8', goal_counter: 'int8', task_counter: 'int8' },
  text: `
    select count(*) as goals,
      coalesce(sum(g.total_tasks), 0)::int8 as tasks,
      coalesce(sum(g.open_tasks), 0)::int8 as open_tasks,
      (select c.next - 1 from counters c where c.workspace_id = $1 and c.kind = 'goal') as goal_counter,
      (select c.next - 1 from counters c where c.workspace_id = $1 and c.kind = 'task') as task_counter
    from goals g
    where g.workspace_id = $1`,
});
