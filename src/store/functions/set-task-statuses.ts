import { defineFunction } from '../function.ts';
import { goalStatus, isSame } from '../statements/sql.ts';
import { eventColumns, lockGraphShared, operationVariable, recordOperation } from './pieces.ts';

const wanted =
  'jsonb_to_recordset(p_changes) as w (place int4, task_id text, status text, result jsonb, has_result bool, fence int8, words text)';

/**
 * Who claimed the task `b` after a lease of the actor had run out, if the actor has done nothing on it since. Looked up
 * only where the actor gives no fence and does not hold a task that was claimed more than once.
 */
const claimedAfterLease = `(
          select o.actor
          from events l
          join events e on e.task_id = l.task_id
          join operations o on o.workspace_id = $1 and o.seq = e.operation
          where l.workspace_id = $1 and l.task_id = b.id and l.action = 'lease_ended' and l.before ->> 'claimed_by' = p_actor
            and e.workspace_id = $1 and e.action = 'claimed' and e.seq > l.seq and o.actor <> p_actor
            and not exists (
              select from events x
              join operations y on y.workspace_id = $1 and y.seq = x.operation
              where x.workspace_id = $1 and x.task_id = b.id and x.seq > l.seq and y.actor = p_actor
            )
          order by e.seq desc
          limit 1
        )`;

/**
 * Sets the statuses of tasks, and all that follows from it: the open dependencies of those that depend on them, and
 * their goals' open tasks and status. Tasks and those that depend on them are locked in the order of their numbers, then
 * goals in the order of theirs, and only then is anything looked at (docs/decisions/locking.md).
 *
 * A task that another agent holds, that was claimed since the fence that is given, or that another claimed after the lease
 * of this one had run out, is left alone and named in `refused`.
 * `changes` is a list of {place, task_id, status, result, has_result, fence, words}, no task twice; the words are
 * those of the result, and stand beside those of `keptWeights`.
 */
export const setTaskStatuses = defineFunction({
  name: 'set_task_statuses',
  params: { workspaceId: 'int8', operation: 'uuid', actor: 'text', changes: 'jsonb', keptWeights: 'text[]' },
  columns: {
    made_ready: 'text[]',
    completed_goals: 'text[]',
    reopened_goals: 'text[]',
    in_cancelled: 'text[]',
    refused: 'jsonb',
  },
  declare: {
    ...operationVariable,
    at: 'timestamptz',
    named: "text[] := array(select w ->> 'task_id' from jsonb_array_elements(p_changes) as w)",
    before: 'tasks[]',
    goals_before: 'goals[]',
    held: 'jsonb',
    refusals: 'jsonb',
    accepted: 'text[]',
    closing: 'text[]',
    opening: 'text[]',
    counted: 'text[]',
    waiting: 'text[]',
    moved_by: 'int4[]',
    freed: 'text[]',
    completed: 'text[]',
    reopened: 'text[]',
  },
  releasesEarly: true,
  body: `
${lockGraphShared}
  perform
  from tasks t
  where t.workspace_id = $1
    and t.id = any(named || array(
      select d.task_id
      from task_dependencies d
      where d.workspace_id = $1 and d.depends_on_id = any(named)
    ))
  order by t.number
  for no key update;
  at := clock_timestamp();
  select array_agg(t) into before
  from tasks t
  where t.workspace_id = $1 and t.id = any(named);
  select jsonb_object_agg(c.task_id, jsonb_build_object('claimed_by', c.holder, 'lease_expires_at', c.expires_at)) into held
  from claims c
  where c.workspace_id = $1 and c.task_id = any(named);

  select jsonb_agg(jsonb_build_object('task_id', j.id, 'status', j.status, 'given_fence', j.given_fence,
    'claimed_by', j.claimed_by, 'lease_expires_at', j.lease_expires_at, 'claimed_since_by', j.claimed_since_by)) into refusals
  from (
    select b.id, b.status, b.fence, w.fence as given_fence, held -> b.id ->> 'claimed_by' as claimed_by,
      (held -> b.id ->> 'lease_expires_at')::timestamptz as lease_expires_at,
      case
        when w.fence is null and w.status <> 'pending' and b.fence > 1 and held -> b.id ->> 'claimed_by' is distinct from p_actor
        then ${claimedAfterLease}
      end as claimed_since_by
    from unnest(before) as b
    join ${wanted} on w.task_id = b.id
  ) j
  where j.given_fence <> j.fence
    or j.given_fence is null and j.claimed_by <> p_actor and j.lease_expires_at > at
    or j.claimed_since_by is not null;
  select array_agg(b.id) filter (where w.status <> b.status::text or w.has_result),
    coalesce(array_agg(b.id) filter (where b.status <> 'completed' and w.status = 'completed'), '{}'),
    coalesce(array_agg(b.id) filter (where b.status = 'completed' and w.status <> 'completed'), '{}'),
    coalesce(array_agg(distinct b.goal_id) filter (
      where (b.status = 'completed') <> (w.status = 'completed') or b.parked and w.status = 'in_progress'), '{}')
  into accepted, closing, opening, counted
  from unnest(before) as b
  join ${wanted} on w.task_id = b.id
  where not exists (select from jsonb_array_elements(refusals) as r where r ->> 'task_id' = b.id);

  if accepted is not null then
    perform
    from goals g
    where g.workspace_id = $1 and g.id = any(counted)
    order by g.number
    for no key update;
    select array_agg(g) into goals_before
    from goals g
    where g.workspace_id = $1 and g.id = any(counted);
    at := clock_timestamp();
  ${recordOperation()}
    update tasks t
    set status = w.status::task_status,
      result = case when w.has_result then w.result else t.result end,
      completed_at = case when w.status = 'completed' then coalesce(t.completed_at, at) end,
      attempts = case when w.status = 'in_progress' then t.attempts else 0 end,
      parked = t.parked and w.status <> 'completed',
      updated_at = at,
      revision = t.revision + 1
    from ${wanted}
    where t.workspace_id = $1 and t.id = any(accepted) and w.task_id = t.id;
    update task_words w
    set words = (ts_filter(w.words, p_kept_weights::"char"[])::text || ' ' || g.words)::tsvector
    from ${wanted.replace(' as w ', ' as g ')}
    where w.workspace_id = $1 and w.task_id = any(accepted) and g.task_id = w.task_id and g.has_result;
    delete from claims c
    using ${wanted}
    where c.workspace_id = $1 and c.task_id = any(accepted) and w.task_id = c.task_id and w.status <> 'in_progress';
    select array_agg(w.task_id), array_agg(w.opened), array_agg(w.task_id) filter (where w.opened < 0)
    into waiting, moved_by, freed
    from (
      select d.task_id, sum(case when d.depends_on_id = any(opening) then 1 else -1 end)::int4 as opened
      from task_dependencies d
      where d.workspace_id = $1 and d.depends_on_id = any(closing || opening)
      group by d.task_id
    ) w
    where w.opened <> 0;
    update tasks t
    set open_dependencies = t.open_dependencies + w.opened, revision = t.revision + 1
    from unnest(waiting, moved_by) as w (task_id, opened)
    where t.workspace_id = $1 and t.id = any(waiting) and ${isSame('t.id', 'w.task_id')};
    update goals g
    set open_tasks = g.open_tasks + m.opened,
      status = ${goalStatus({ status: 'g.status', total: 'g.total_tasks', open: 'g.open_tasks + m.opened', closes: 'm.opened < 0', opens: 'm.restarted' })},
      updated_at = at,
      revision = g.revision + 1
    from (
      select b.goal_id,
        (count(*) filter (where b.id = any(opening)) - count(*) filter (where b.id = any(closing)))::int4 as opened,
        bool_or(b.id = any(opening) or b.parked and w.status = 'in_progress') as restarted
      from unnest(before) as b
      join ${wanted} on w.task_id = b.id
      where b.id = any(accepted) and b.goal_id = any(counted)
      group by b.goal_id
    ) m
    where g.workspace_id = $1 and g.id = any(counted) and g.id = m.goal_id;
    select array_agg(g.id order by g.number) filter (where g.status = 'completed'),
      array_agg(g.id order by g.number) filter (where g.status = 'in_progress' and b.status = 'completed')
    into completed, reopened
    from unnest(goals_before) as b
    join goals g on g.workspace_id = $1 and g.id = b.id
    where g.id = any(counted) and g.status <> b.status;
    update tasks t
    set parked = not t.parked, revision = t.revision + 1
    where t.workspace_id = $1 and t.id = any(accepted) and t.status <> 'completed'
      and t.parked <> (
        select g.status in ('completed', 'cancelled')
        from goals g
        where g.workspace_id = $1 and g.id = t.goal_id
      );
    update tasks t
    set parked = false, revision = t.revision + 1
    where t.workspace_id = $1 and t.goal_id = any(reopened) and t.parked;
    insert into events (${eventColumns})
    select $1, operation_seq, 'updated', t.goal_id, t.id,
      jsonb_build_object('status', b.status, 'completed_at', b.completed_at, 'attempts', b.attempts)
        || case when w.has_result then jsonb_build_object('result', b.result) else '{}' end
        || case when t.status <> 'in_progress' then coalesce(held -> t.id, '{}') else '{}' end,
      jsonb_build_object('status', t.status, 'completed_at', t.completed_at, 'attempts', t.attempts)
        || case when w.has_result then jsonb_build_object('result', t.result) else '{}' end
        || case when t.status <> 'in_progress' and held ? t.id then '{"claimed_by": null, "lease_expires_at": null}' else '{}'::jsonb end
    from unnest(before) as b
    join ${wanted} on w.task_id = b.id
    join tasks t on t.workspace_id = $1 and t.id = b.id
    where t.id = any(accepted)
    order by w.place;
    insert into events (${eventColumns})
    select $1, operation_seq, 'followed', g.id, null,
      jsonb_build_object('status', b.status, 'total_tasks', b.total_tasks, 'open_tasks', b.open_tasks),
      jsonb_build_object('status', g.status, 'total_tasks', g.total_tasks, 'open_tasks', g.open_tasks)
    from unnest(goals_before) as b
    join goals g on g.workspace_id = $1 and g.id = b.id
    where g.id = any(counted) and g.status <> b.status
    order by g.number;
  end if;

  return query
  select
    array(
      select t.id
      from tasks t
      where t.workspace_id = $1 and t.id = any(freed) and t.status = 'pending' and t.open_dependencies = 0 and not t.parked
      order by t.priority, t.number
    ),
    coalesce(completed, '{}'),
    coalesce(reopened, '{}'),
    array(
      select b.id
      from unnest(before) as b
      where b.id = any(closing) and b.parked
        and (select g.status from goals g where g.workspace_id = $1 and g.id = b.goal_id) = 'cancelled'
      order by b.number
    ),
    coalesce(refusals, '[]');`,
});
