import { defineStatement } from '../statement.ts';
import { eventColumns, goalImage, goalStatus, isIn, isNotIn, revisionOf, taskImage } from './sql.ts';

/**
 * Who claimed the task `b` after a lease of the actor `$4` had run out, if the actor has done nothing on it since. Looked up
 * only where the actor gives no fence and does not hold a task that was claimed more than once.
 */
const claimedAfterLease = `(
            select c.actor
            from events l
            join events c on c.task_id = l.task_id
            where l.workspace_id = $1 and l.task_id = b.id and l.action = 'lease_ended' and l.before ->> 'claimed_by' = $4
              and c.workspace_id = $1 and c.action = 'claimed' and c.actor <> $4 and ${revisionOf('c')} > ${revisionOf('l')}
              and not exists (
                select from events o
                where o.workspace_id = $1 and o.task_id = b.id and o.actor = $4 and ${revisionOf('o')} > ${revisionOf('l')}
              )
            order by ${revisionOf('c')} desc
            limit 1
          )`;

/**
 * Sets the statuses of tasks, and all that follows from it: the open dependencies of those that depend on them, and
 * their goals' open tasks and status. Every row that it changes was locked by an earlier step of its transaction, so that
 * its snapshot shows them as they are, and no row is looked at twice (docs/decisions/locking.md says what went wrong else).
 * Keys are looked for with `= any(array(…))`, which goes by index whatever the planner thinks of a young table's size.
 * A dependent that is itself among the tasks to set is changed with them, and only once. There may be thousands of others:
 * nothing is joined with them, since a plan that is kept would compare each with each.
 *
 * A task that another agent holds, that was claimed since the fence that is given, or that another claimed after the lease
 * of this one had run out, is left alone and named in `refused`.
 *
 * `changes` is a list of {place, task_id, status, result, has_result, fence}, no task twice. The events are numbered from
 * `seq`: at most one for each change and one for each goal.
 */
export const setTaskStatuses = defineStatement({
  name: 'set_task_statuses',
  params: { workspaceId: 'int8', changes: 'jsonb', seq: 'int8', actor: 'text' },
  columns: {
    made_ready: 'text[]',
    completed_goals: 'text[]',
    reopened_goals: 'text[]',
    in_cancelled: 'text[]',
    refused: 'jsonb',
  },
  text: `
    with wanted as (
      select w.place, w.task_id, w.status::task_status as status, w.result, w.has_result, w.fence
      from jsonb_to_recordset($2::jsonb)
        as w (place int4, task_id text, status text, result jsonb, has_result bool, fence int8)
    ),
    before as (
      select t.*
      from tasks t
      where t.workspace_id = $1
        and t.id = any(array(select w.task_id from wanted w))
    ),
    judged as (
      select b.id, b.status, b.claimed_by, b.lease_expires_at, b.fence, w.fence as given_fence,
        case
          when w.fence is null and w.status <> 'pending' and b.fence > 1 and b.claimed_by is distinct from $4 then ${claimedAfterLease}
        end as claimed_since_by
      from before b
      join wanted w on w.task_id = b.id
    ),
    refused as (
      select j.*
      from judged j
      where j.given_fence <> j.fence
        or j.given_fence is null and j.claimed_by <> $4 and j.lease_expires_at > now()
        or j.claimed_since_by is not null
    ),
    accepted as (
      select w.*
      from wanted w
      where not exists (select from refused r where r.id = w.task_id)
    ),
    moved as (
      select b.id, b.goal_id,
        (b.status = 'completed')::int4 - (w.status = 'completed')::int4 as opened,
        b.parked and w.status = 'in_progress' as restarted
      from before b
      join accepted w on w.task_id = b.id
    ),
    waiting as (
      select d.task_id, sum(m.opened)::int4 as opened
      from task_dependencies d
      join moved m on m.id = d.depends_on_id
      where d.workspace_id = $1 and d.depends_on_id = any(array(select f.id from moved f where f.opened <> 0))
      group by d.task_id
    ),
    moved_goals as (
      select m.goal_id, sum(m.opened)::int4 as opened, bool_or(m.opened > 0 or m.restarted) as restarted
      from moved m
      where m.opened <> 0 or m.restarted
      group by m.goal_id
    ),
    goals_before as (
      select g.*
      from goals g
      where g.workspace_id = $1 and g.id = any(array(select m.goal_id from moved_goals m))
    ),
    goals_changed as (
      update goals g
      set open_tasks = g.open_tasks + m.opened,
        status = ${goalStatus({ status: 'g.status', total: 'g.total_tasks', open: 'g.open_tasks + m.opened', closes: 'm.opened < 0', opens: 'm.restarted' })},
        updated_at = now(),
        revision = g.revision + 1
      from goals_before b
      join moved_goals m on m.goal_id = b.id
      where g.workspace_id = $1 and g.id = b.id and g.id = any(array(select m.goal_id from moved_goals m))
      returning g.*
    ),
    changed as (
      update tasks t
      set status = w.status,
        result = case when w.has_result then w.result else t.result end,
        completed_at = case
          when w.status = 'completed' and t.status = 'completed' then t.completed_at
          when w.status = 'completed' then now()
        end,
        claimed_by = case when w.status = 'in_progress' then t.claimed_by end,
        lease_expires_at = case when w.status = 'in_progress' then t.lease_expires_at end,
        attempts = case when w.status = 'in_progress' then t.attempts else 0 end,
        updated_at = now(),
        open_dependencies = t.open_dependencies + coalesce(o.opened, 0),
        parked = w.status <> 'completed' and coalesce(g.status in ('completed', 'cancelled'), t.parked),
        revision = t.revision + 1
      from before b
      join accepted w on w.task_id = b.id
      left join waiting o on o.task_id = b.id
      left join goals_changed g on g.id = b.goal_id
      where t.workspace_id = $1 and t.id = b.id and t.id = any(array(select x.task_id from accepted x))
        and (o.opened <> 0 or w.status <> b.status or w.has_result)
      returning t.*
    ),
    dependents as (
      update tasks t
      set open_dependencies = t.open_dependencies + (
          select sum(m.opened)::int4
          from task_dependencies d
          join moved m on m.id = d.depends_on_id
          where d.workspace_id = $1 and d.task_id = t.id and d.depends_on_id = any(array(select f.id from moved f))
        ),
        parked = t.parked and ${isNotIn('t.goal_id', "select g.id from goals_changed g where g.status = 'in_progress'")},
        revision = t.revision + 1
      where t.workspace_id = $1
        and t.id = any(array(
          select o.task_id
          from waiting o
          where o.opened <> 0
          except
          select w.task_id
          from accepted w
        ))
      returning t.*
    ),
    unparked as (
      update tasks t
      set parked = false, revision = t.revision + 1
      from goals_changed g
      where t.workspace_id = $1 and t.goal_id = g.id and t.goal_id = any(array(select m.goal_id from moved_goals m))
        and t.parked and g.status = 'in_progress'
        and ${isNotIn('t.id', 'select c.id from changed c union all select d.id from dependents d')}
    ),
    happened as (
      select 0 as kind, w.place, c.goal_id, c.id as task_id, ${taskImage('b')} as before, ${taskImage('c')} as after
      from changed c
      join before b on b.id = c.id
      join accepted w on w.task_id = c.id
      where w.status <> b.status or w.has_result
      union all
      select 1, row_number() over (order by c.number), c.id, null::text, ${goalImage('b')}, ${goalImage('c')}
      from goals_changed c
      join goals_before b on b.id = c.id
      where c.status <> b.status
    ),
    recorded as (
      insert into events (${eventColumns})
      select $1, $3 + row_number() over (order by h.kind, h.place) - 1, $3, $4, 'updated', h.goal_id, h.task_id, h.before, h.after
      from happened h
    )
    select
      array(
        select c.id
        from (
          select d.*
          from dependents d
          union all
          select c.*
          from changed c
          where ${isIn('c.id', 'select o.task_id from waiting o where o.opened < 0')}
        ) c
        where c.status = 'pending' and c.open_dependencies = 0 and not c.parked
        order by c.priority, c.number
      ) as made_ready,
      array(
        select c.id
        from goals_changed c
        join goals_before b on b.id = c.id
        where c.status = 'completed' and b.status <> 'completed'
        order by c.number
      ) as completed_goals,
      array(
        select c.id
        from goals_changed c
        join goals_before b on b.id = c.id
        where c.status = 'in_progress' and b.status = 'completed'
        order by c.number
      ) as reopened_goals,
      array(
        select b.id
        from before b
        join accepted w on w.task_id = b.id
        join goals g on g.id = b.goal_id
        where g.workspace_id = $1 and g.id = any(array(select p.goal_id from before p where p.parked)) and g.status = 'cancelled'
          and b.status <> 'completed' and w.status = 'completed'
        order by b.number
      ) as in_cancelled,
      coalesce((
        select jsonb_agg(jsonb_build_object('task_id', r.id, 'status', r.status, 'claimed_by', r.claimed_by,
          'lease_expires_at', r.lease_expires_at, 'given_fence', r.given_fence, 'claimed_since_by', r.claimed_since_by))
        from refused r
      ), '[]'::jsonb) as refused`,
});
