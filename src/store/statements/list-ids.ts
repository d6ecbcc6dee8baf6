import { defineStatement } from '../statement.ts';

const params = { workspaceId: 'int8', prefix: 'text', limit: 'int8' } as const;

/** The newest goals whose ID starts so, for completion. */
export const listGoalIds = defineStatement({
  name: 'list_goal_ids',
  params,
  columns: { id: 'text' },
  text: `
    select g.id
    from goals g
    where g.workspace_id = $1 and starts_with(g.id, $2)
    order by g.number desc
    limit $3`,
});

/** Tasks whose ID starts so, for completion. */
export const listTaskIds = defineStatement({
  name: 'list_task_ids',
  params,
  columns: { id: 'text' },
  text: `
    select t.id
    from tasks t
    where t.workspace_id = $1 and starts_with(t.id, $2)
    order by t.id desc
    limit $3`,
});
