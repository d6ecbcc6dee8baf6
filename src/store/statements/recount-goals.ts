import { defineStatement } from '../statement.ts';
import { eventColumns, goalImage } from './sql.ts';

/**
 * Counts the tasks of these goals again, and completes one in progress that has nothing left to do, which is an event:
 * numbered from `seq`, at most one for each goal.
 */
export const recountGoals = defineStatement({
  name: 'recount_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]', seq: 'int8', operation: 'int8', actor: 'text' },
  columns: {},
  text: `
    with before as (
      select g.*
      from goals g
      where g.workspace_id = $1 and g.id = any($2::text[])
      order by g.number
      for no key update
    ),
    counted as (
      select t.goal_id, count(*)::int4 as total, (count(*) filter (where t.status <> 'completed'))::int4 as open
      from tasks t
      where t.workspace_id = $1 and t.goal_id = any($2::text[])
      group by t.goal_id
    ),
    changed as (
      update goals g
      set total_tasks = coalesce(n.total, 0),
        open_tasks = coalesce(n.open, 0),
        status = case when g.status = 'in_progress' and n.total > 0 and n.open = 0 then 'completed' else g.status end,
        revision = g.revision + 1
      from before b
      left join counted n on n.goal_id = b.id
      where g.workspace_id = $1 and g.id = b.id
        and (b.total_tasks <> coalesce(n.total, 0) or b.open_tasks <> coalesce(n.open, 0)
          or b.status = 'in_progress' and n.total > 0 and n.open = 0)
      returning g.*
    )
    insert into events (${eventColumns})
    select $1, $3 + row_number() over (order by c.number) - 1, $4, $5, 'updated', c.id, null::text, ${goalImage('b')}, ${goalImage('c')}
    from changed c
    join before b on b.id = c.id
    where c.status <> b.status`,
});
