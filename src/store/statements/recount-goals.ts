import { defineStatement } from '../statement.ts';
import { isOpen } from './sql.ts';

/** Counts the tasks of these goals, whose rows are locked, again, and completes one in progress that has nothing left to do. */
export const recountGoals = defineStatement({
  name: 'recount_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: {},
  text: `
    update goals g
    set total_tasks = coalesce(n.total, 0),
      open_tasks = coalesce(n.open, 0),
      status = case when g.status = 'in_progress' and n.total > 0 and n.open = 0 and g.open_goals = 0 then 'completed' else g.status end,
      revision = g.revision + 1
    from unnest($2::text[]) as i (id)
    left join (
      select t.goal_id, count(*)::int4 as total, (count(*) filter (where ${isOpen('t')}))::int4 as open
      from tasks t
      where t.workspace_id = $1 and t.goal_id = any($2::text[])
      group by t.goal_id
    ) n on n.goal_id = i.id
    where g.workspace_id = $1 and g.id = any($2::text[]) and g.id = i.id
      and (g.total_tasks <> coalesce(n.total, 0) or g.open_tasks <> coalesce(n.open, 0)
        or g.status = 'in_progress' and n.total > 0 and n.open = 0 and g.open_goals = 0)`,
});
