import { defineStatement } from '../statement.ts';
import {
  deletedGoalImage,
  eventColumns,
  goalImage,
  goalImageColumns,
  goalStatus,
  isSame,
  revisionOf,
  undoneRows,
} from './sql.ts';

// Taking operations back, goal by goal. The exclusive graph lock and the rows' locks are held. Events are numbered from
// `seq` by the rows' places.

const params = { workspaceId: 'int8', operations: 'int8[]', seq: 'int8', actor: 'text' } as const;

const restored = (column: string) =>
  `${column} = case when '${column}' = any(u.changed) then u.${column} else g.${column} end`;

/**
 * Goals that were deleted come back, without their tasks; their events are recorded when they are whole. The revision
 * goes on from the highest that the goal ever had: it may have been back before.
 */
export const undoGoalDeletions = defineStatement({
  name: 'undo_goal_deletions',
  params: { workspaceId: 'int8', operations: 'int8[]' },
  columns: {},
  text: `
    with ${undoneRows}
    insert into goals (workspace_id, id, number, description, priority, status, repos, created_at, metadata, revision)
    select $1, i.id, i.number, i.description, i.priority, i.status, i.repos, i.created_at, i.metadata,
      p.revision + 1
    from undone u
    cross join jsonb_to_record(u.before) as i (${goalImageColumns})
    cross join lateral (
      select max(${revisionOf('e')}) as revision
      from events e
      where e.workspace_id = $1 and e.goal_id = u.id and e.task_id is null
    ) p
    where u.kind = 'goal' and u.before is not null and u.after is null`,
});

/** Goals that were created go again, with no task left. */
export const undoGoalCreations = defineStatement({
  name: 'undo_goal_creations',
  params,
  columns: {},
  text: `
    with ${undoneRows},
    going as (
      select g.*, u.place, u.operations
      from undone u
      join goals g on g.workspace_id = $1 and g.id = u.id
      where u.kind = 'goal' and u.before is null and u.after is not null
    ),
    recorded as (
      insert into events (${eventColumns}, undoes)
      select $1, $3 + x.place, $3, $4, 'undone', x.id, null::text, (${deletedGoalImage('x')}) - '{place,operations}'::text[],
        null::jsonb, x.operations
      from going x
      union all
      select $1, $3 + u.place, $3, $4, 'undone', u.id, null::text, null::jsonb, null::jsonb, u.operations
      from undone u
      where u.kind = 'goal' and u.before is null and u.after is null
    )
    delete from goals g
    where g.workspace_id = $1 and g.id = any(array(select x.id from going x))`,
});

/**
 * Goals get back what the operations changed of them, and their tasks are counted again. `wanted` is a list of {place,
 * goal_id, status, total, open}: the status that the goal is to have (null: the one that it has), and the counts of its
 * tasks when it had that. Where the counts now mean something else, the rule of docs/states.md has the last word: an
 * event of its own, numbered after those of the rows.
 */
export const undoGoalChanges = defineStatement({
  name: 'undo_goal_changes',
  params: { ...params, wanted: 'jsonb' },
  columns: { id: 'text', status: 'text', was: 'text' },
  text: `
    with ${undoneRows},
    restoring as (
      select u.id, u.place, u.operations, i.description, i.priority, i.repos, i.created_at, i.metadata, u.after is null as returned,
        array(select k from jsonb_object_keys(u.before) as k where u.after is not null and u.before -> k is distinct from u.after -> k) as changed
      from undone u
      cross join jsonb_to_record(u.before) as i (${goalImageColumns})
      where u.kind = 'goal' and u.before is not null
    ),
    wanted as (
      select w.place, w.goal_id, w.status::goal_status as status, w.total, w.open
      from jsonb_to_recordset($5::jsonb) as w (place int4, goal_id text, status text, total int4, open int4)
    ),
    before as (
      select g.*
      from goals g
      where g.workspace_id = $1 and g.id = any(array(
        select w.goal_id
        from wanted w
        union
        select r.id
        from restoring r
      ))
    ),
    counted as (
      select b.id, coalesce(w.status, b.status) as status, coalesce(w.total, 0) as total_then, coalesce(w.open, 0) as open_then,
        count(t.id)::int4 as total, (count(t.id) filter (where t.status <> 'completed'))::int4 as open
      from before b
      left join wanted w on w.goal_id = b.id
      left join tasks t on t.workspace_id = $1 and t.goal_id = any(array(select x.id from before x)) and ${isSame('t.goal_id', 'b.id')}
      group by b.id, w.status, b.status, w.total, w.open
    ),
    changed as (
      update goals g
      set ${restored('description')},
        ${restored('priority')},
        ${restored('repos')},
        ${restored('created_at')},
        ${restored('metadata')},
        status = case
          when n.status = 'planned' and n.open > 0 and n.total_then = 0 then 'in_progress'
          else ${goalStatus({ status: 'n.status', total: 'n.total', open: 'n.open', closes: '(n.open_then > 0 or n.total_then = 0)', opens: 'n.open_then = 0' })}
        end,
        total_tasks = n.total,
        open_tasks = n.open,
        updated_at = now(),
        revision = g.revision + 1
      from counted n
      left join restoring u on u.id = n.id
      where g.workspace_id = $1 and g.id = any(array(select x.id from before x)) and ${isSame('g.id', 'n.id')}
      returning g.*
    ),
    recorded as (
      insert into events (${eventColumns}, undoes)
      select $1, $3 + u.place, $3, $4, 'undone', c.id, null::text, case when not u.returned then ${goalImage('b')} end,
        case when u.returned then ${deletedGoalImage('c')} else ${goalImage('c')} end, u.operations
      from changed c
      join before b on b.id = c.id
      join restoring u on u.id = c.id
      union all
      select $1, $3 + (select count(*) from undone u) + w.place, $3, $4, 'updated', c.id, null::text, ${goalImage('b')}, ${goalImage('c')},
        null::int8[]
      from changed c
      join before b on b.id = c.id
      join wanted w on w.goal_id = c.id
      where c.status <> b.status and not exists (select from restoring u where u.id = c.id)
    )
    select c.id, c.status::text, b.status::text as was
    from changed c
    join before b on b.id = c.id`,
});
