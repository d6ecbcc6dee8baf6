import { defineStatement } from '../statement.ts';

/**
 * The last event that made each obstacle of an undo what it is: `obstacles` is a list of {place, kind, task_id, goal_id,
 * other}, as domain/undo/obstacles.ts has them. No row where the history does not record it.
 */
export const findObstacleEvents = defineStatement({
  name: 'find_obstacle_events',
  params: { workspaceId: 'int8', operations: 'int8[]', obstacles: 'jsonb' },
  columns: { place: 'int4', seq: 'int8', actor: 'text', action: 'text', goal_id: 'text', task_id: 'text?' },
  text: `
    select i.place, e.seq, o.actor, e.action, e.goal_id, e.task_id
    from jsonb_to_recordset($3::jsonb) as i (place int4, kind text, task_id text, goal_id text, other text)
    cross join lateral (
      select e.seq, e.operation, e.action, e.goal_id, e.task_id
      from events e
      where e.workspace_id = $1
        and (e.task_id = i.task_id or i.task_id is null and e.task_id is null and e.goal_id = i.goal_id)
        and (e.action in ('noted', 'note_undone')) = (i.kind = 'noted')
        and case i.kind
          when 'joined' then e.after ->> 'goal_id' = i.other and e.before ->> 'goal_id' is distinct from i.other
          when 'nested' then e.after ->> 'parent_goal_id' = i.other and e.before ->> 'parent_goal_id' is distinct from i.other
          when 'depends' then e.after -> 'dependencies' ? i.other and (e.before -> 'dependencies' ? i.other) is not true
          when 'noted' then e.after ->> 'id' = i.other
          when 'gone' then e.after is null
          else e.operation <> all($2::int8[])
        end
      order by e.seq desc
      limit 1
    ) e
    join operations o on o.workspace_id = $1 and o.seq = e.operation
    order by i.place`,
});
