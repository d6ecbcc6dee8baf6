import { defineStatement } from '../statement.ts';

/** Events that are looked at for the goals that they changed: one index scan, however long the history is. */
const latestEvents = 500;

/** Goals that somebody may want to look at: first those in progress, each group the last changed first. */
export const listLatestGoals = defineStatement({
  name: 'list_latest_goals',
  params: { workspaceId: 'int8', textLimit: 'int4', limit: 'int8' },
  columns: { id: 'text', description: 'text', status: 'text', total_tasks: 'int4', open_tasks: 'int4' },
  text: `
    with changed as (
      select e.goal_id as id, o.at
      from events e
      join operations o on o.workspace_id = $1 and o.seq = e.operation
      where e.workspace_id = $1
      order by e.seq desc
      limit ${latestEvents}
    ),
    newest as (
      select g.id, g.updated_at as at
      from goals g
      where g.workspace_id = $1
      order by g.number desc
      limit $3
    ),
    latest as (
      select c.id, max(c.at) as at
      from (select id, at from changed union all select id, at from newest) c
      group by c.id
    )
    select g.id, left(g.description, $2) as description, g.status::text, g.total_tasks, g.open_tasks
    from latest l
    join goals g on g.workspace_id = $1 and g.id = l.id
    order by (g.status = 'in_progress') desc, l.at desc, g.number desc
    limit $3`,
});
