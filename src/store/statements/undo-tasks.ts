import { defineStatement } from '../statement.ts';
import {
  deletedTaskImage,
  eventColumns,
  isNotIn,
  isSame,
  revisionOf,
  taskImage,
  taskImageColumns,
  undoneDependencies,
  undoneRows,
} from './sql.ts';

// Taking operations back, task by task. The exclusive graph lock and the rows' locks are held. Events are numbered from
// `seq` by the rows' places. What is derived (open dependencies, parked) is counted again afterwards.

const params = { workspaceId: 'int8', operations: 'int8[]', seq: 'int8', actor: 'text' } as const;

/** A lease that has ended since is not given back. */
const stillHeld = 'i.claimed_by is not null and i.lease_expires_at > now()';
const statusThen = `case when i.claimed_by is not null and i.lease_expires_at <= now() then 'pending' else i.status end`;

const restored = (column: string) =>
  `${column} = case when '${column}' = any(c.changed) then c.${column} else t.${column} end`;

/**
 * Tasks that were there before and after: each column that the operations changed gets what it had before the first of
 * them; how the task stands, when it was completed and who held it belong together. A claim that is taken back raises the
 * fence, so that its holder is refused.
 */
export const undoTaskChanges = defineStatement({
  name: 'undo_task_changes',
  params,
  columns: { id: 'text' },
  text: `
    with ${undoneRows},
    ${undoneDependencies},
    changing as (
      select u.place, u.operations, i.goal_id, i.description, i.type, i.priority, i.repo, i.jira_ticket, i.estimated_effort,
        i.assigned_tools, i.created_at, i.result, i.attempts, u.id,
        ${statusThen} as status, i.completed_at,
        case when ${stillHeld} then i.claimed_by end as claimed_by,
        case when ${stillHeld} then i.lease_expires_at end as lease_expires_at,
        u.before -> 'status' <> u.after -> 'status' or u.before -> 'completed_at' <> u.after -> 'completed_at'
          or u.before -> 'claimed_by' <> u.after -> 'claimed_by' as moves_state,
        ((u.after ->> 'fence')::int8 > i.fence)::int4 as claims,
        array(select k from jsonb_object_keys(u.before) as k where u.before -> k is distinct from u.after -> k) as changed
      from undone u
      cross join jsonb_to_record(u.before) as i (${taskImageColumns})
      where u.kind = 'task' and u.before is not null and u.after is not null
    ),
    before as (
      select t.id, ${taskImage('t')} as image
      from tasks t
      where t.workspace_id = $1 and t.id = any(array(select c.id from changing c))
    ),
    changed as (
      update tasks t
      set ${restored('goal_id')},
        ${restored('description')},
        ${restored('type')},
        ${restored('priority')},
        ${restored('repo')},
        ${restored('jira_ticket')},
        ${restored('estimated_effort')},
        ${restored('assigned_tools')},
        ${restored('created_at')},
        ${restored('result')},
        ${restored('attempts')},
        status = case when c.moves_state then c.status else t.status end,
        completed_at = case when c.moves_state then c.completed_at else t.completed_at end,
        claimed_by = case when c.moves_state then c.claimed_by else t.claimed_by end,
        lease_expires_at = case when c.moves_state then c.lease_expires_at else t.lease_expires_at end,
        parked = t.parked and not (c.moves_state and c.status = 'completed'),
        fence = t.fence + c.claims,
        updated_at = now(),
        revision = t.revision + 1
      from changing c
      join before b on b.id = c.id
      where t.workspace_id = $1 and t.id = any(array(select x.id from changing x)) and ${isSame('t.id', 'c.id')}
      returning t.*, c.place as event_place, c.operations, b.image as image_before
    ),
    recorded as (
      insert into events (${eventColumns}, undoes)
      select $1, $3 + t.event_place, $3, $4, 'undone', t.goal_id, t.id, t.image_before,
        to_jsonb(t) - '{workspace_id,event_place,operations,image_before}'::text[] || (
          select jsonb_build_object('dependencies', coalesce(jsonb_agg(x.id order by x.place, x.id), '[]'::jsonb),
            'places', coalesce(jsonb_agg(x.place order by x.place, x.id), '[]'::jsonb))
          from (
            select d.depends_on_id as id, d.place
            from task_dependencies d
            where d.workspace_id = $1 and d.task_id = t.id
              and ${isNotIn('(d.task_id, d.depends_on_id)', 'select n.task_id, n.depends_on_id from dependencies n')}
            union all
            select n.depends_on_id, n.place
            from dependencies n
            where n.added and n.task_id = t.id
          ) x
        ), t.operations
      from changed t
    )
    select t.id
    from changed t`,
});

/** The notes of tasks that were moved go with them. */
export const undoNoteMoves = defineStatement({
  name: 'undo_note_moves',
  params: { workspaceId: 'int8', taskIds: 'text[]' },
  columns: {},
  text: `
    update notes n
    set goal_id = t.goal_id
    from tasks t
    where n.workspace_id = $1 and n.task_id = any($2::text[]) and t.workspace_id = $1 and t.id = any($2::text[]) and ${isSame('t.id', 'n.task_id')}
      and n.goal_id <> t.goal_id`,
});

/**
 * Tasks that were deleted come back; their events are recorded when they are whole. Their goals are there. Revision and
 * fence go on from the highest that the task ever had: it may have been back before.
 */
export const undoTaskDeletions = defineStatement({
  name: 'undo_task_deletions',
  params: { workspaceId: 'int8', operations: 'int8[]' },
  columns: {},
  text: `
    with ${undoneRows}
    insert into tasks (workspace_id, id, number, goal_id, description, type, status, priority, repo, jira_ticket,
      estimated_effort, assigned_tools, created_at, completed_at, result, open_dependencies, parked, revision,
      claimed_by, lease_expires_at, fence, attempts)
    select $1, i.id, i.number, i.goal_id, i.description, i.type, ${statusThen}, i.priority, i.repo, i.jira_ticket,
      i.estimated_effort, i.assigned_tools, i.created_at, i.completed_at, i.result, i.open_dependencies, i.parked,
      p.revision + 1,
      case when ${stillHeld} then i.claimed_by end, case when ${stillHeld} then i.lease_expires_at end,
      p.fence + (p.fence > i.fence)::int4, i.attempts
    from undone u
    cross join jsonb_to_record(u.before) as i (${taskImageColumns})
    cross join lateral (
      select max(${revisionOf('e')}) as revision,
        max(greatest((e.before ->> 'fence')::int8, (e.after ->> 'fence')::int8)) as fence
      from events e
      where e.workspace_id = $1 and e.task_id = u.id
    ) p
    where u.kind = 'task' and u.before is not null and u.after is null`,
});

/** Tasks that were created go again. One that was created and deleted by what is taken back has an event all the same. */
export const undoTaskCreations = defineStatement({
  name: 'undo_task_creations',
  params,
  columns: {},
  text: `
    with ${undoneRows},
    present as materialized (
      select t.*
      from tasks t
      where t.workspace_id = $1 and t.id = any(array(select u.id from undone u where u.kind = 'task'))
    ),
    going as (
      select t.*, u.place as event_place, u.operations
      from undone u
      join present t on t.id = u.id
      where u.kind = 'task' and u.before is null and u.after is not null
    ),
    recorded as (
      insert into events (${eventColumns}, undoes)
      select $1, $3 + x.event_place, $3, $4, 'undone', x.goal_id, x.id, (${deletedTaskImage('x')}) - '{event_place,operations}'::text[],
        null::jsonb, x.operations
      from going x
      union all
      select $1, $3 + u.place, $3, $4, 'undone', u.goal_id, u.id, null::jsonb, null::jsonb, u.operations
      from undone u
      where u.kind = 'task' and u.before is null and u.after is null
    )
    delete from tasks t
    where t.workspace_id = $1 and t.id = any(array(select x.id from going x))`,
});

/** The history of tasks that came back. */
export const recordReturnedTasks = defineStatement({
  name: 'record_returned_tasks',
  params,
  columns: {},
  text: `
    with ${undoneRows},
    present as materialized (
      select t.*
      from tasks t
      where t.workspace_id = $1 and t.id = any(array(select u.id from undone u where u.kind = 'task'))
    )
    insert into events (${eventColumns}, undoes)
    select $1, $3 + u.place, $3, $4, 'undone', t.goal_id, t.id, null::jsonb, ${deletedTaskImage('t')}, u.operations
    from undone u
    join present t on t.id = u.id
    where u.kind = 'task' and u.before is not null and u.after is null`,
});
