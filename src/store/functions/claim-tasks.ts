import { defineFunction } from '../function.ts';
import { listedTaskColumns, listedTaskSelect } from '../statements/columns.ts';
import { claimOf, expiredAtOnce, isReady, isStale, noStart, readyStarts } from '../statements/sql.ts';
import { eventColumns, moveReadyStarts, operationVariable, recordOperation } from './pieces.ts';

/**
 * Ready tasks in their order, priority by priority, each from where its ready work begins. What another agent is taking at
 * this moment is passed over, so that claimers never wait for each other.
 */
const pickReady = `
    for start in select p.priority, p.start as number from ${readyStarts} loop
      exit when cardinality(picked) >= p_limit;
      continue when start.number = ${noStart};
      if p_goal_id is null then${pickFrom('')}
      else${pickFrom(' and t.goal_id = p_goal_id')}
      end if;
    end loop;`;

function pickFrom(condition: string): string {
  return `
        picked := picked || array(
          select t.id
          from tasks t
          where t.workspace_id = $1${condition} and t.priority = start.priority and t.number >= start.number and ${isReady('t')}
          order by t.number
          limit p_limit - cardinality(picked)
          for no key update skip locked
        );`;
}

/** Of the tasks that are named those that are ready, or stale. */
const pickNamed = `
    picked := array(
      select t.id
      from tasks t
      where t.workspace_id = $1 and t.id = any(p_task_ids) and (p_fence is null or t.fence = p_fence)
        and (t.status = 'pending' or ${isStale('t')}) and t.open_dependencies = 0 and not t.parked
      order by t.priority, t.number
      limit p_limit
      for no key update skip locked
    );`;

/**
 * Gives back tasks whose lease ran out: they are ready again, under the fence that they had, so that a holder who comes
 * back before anybody else took the task is still welcome. A task that was claimed `maxAttempts` times (its goal's
 * metadata may say otherwise) without an end is failed; where it has no result, that says who had claimed it. A lease that was
 * renewed a moment ago is left alone.
 */
const endLeases = `
    select array_agg(x.id) into ended
    from (
      select t.id
      from claims c
      join tasks t on t.workspace_id = $1 and t.id = c.task_id
      where c.workspace_id = $1 and c.expires_at <= at
      order by t.id = any(p_task_ids) is true desc, c.expires_at
      limit ${expiredAtOnce}
      for no key update of t skip locked
      for update of c skip locked
    ) x;
    with given_back as (
      delete from claims c
      where c.workspace_id = $1 and c.task_id = any(ended) and c.expires_at <= at
      returning c.task_id, c.holder, c.expires_at
    )
    select array_agg(g.task_id), jsonb_object_agg(g.task_id, jsonb_build_object('claimed_by', g.holder, 'lease_expires_at', g.expires_at))
    into ended, held
    from given_back g;
    if ended is not null then
      select array_agg(t.id) into given_up
      from tasks t
      join goals g on g.workspace_id = $1 and g.id = t.goal_id
      where t.workspace_id = $1 and t.id = any(ended)
        and t.attempts >= case
          when jsonb_typeof(g.metadata -> 'max_attempts') = 'number' then (g.metadata ->> 'max_attempts')::numeric
          else p_max_attempts
        end;
    ${recordOperation({ id: 'p_leases_operation', actor: "'goal-agent'" })}
      insert into events (${eventColumns})
      select $1, operation_seq, 'lease_ended', x.goal_id, x.id, x.before, x.after
      from (
        select t.goal_id, t.id, t.number,
        held -> t.id || jsonb_build_object('status', t.status)
          || case when t.id = any(given_up) then jsonb_build_object('attempts', t.attempts, 'result', t.result) else '{}' end as before,
        jsonb_build_object('claimed_by', null, 'lease_expires_at', null)
          || case
            when t.id = any(given_up) then jsonb_build_object('status', 'failed', 'attempts', 0, 'result', case
              when t.result <> 'null' then t.result
              else jsonb_build_object(
                'error', 'claimed ' || t.attempts || ' times without an end',
                'claims', (
                  select jsonb_agg(jsonb_build_object('agent', v.actor, 'at', v.at) order by v.seq)
                  from (
                    select o.actor, o.at, e.seq
                    from events e
                    join operations o on o.workspace_id = $1 and o.seq = e.operation
                    where e.workspace_id = $1 and e.task_id = t.id and e.action = 'claimed'
                    order by e.seq desc
                    limit t.attempts
                  ) v
                )
              )
            end)
            else jsonb_build_object('status', 'pending')
          end as after
        from tasks t
        where t.workspace_id = $1 and t.id = any(ended)
        offset 0
      ) x
      order by x.number;
      update tasks t
      set status = case when t.id = any(given_up) then 'failed'::task_status else 'pending' end,
        attempts = case when t.id = any(given_up) then 0 else t.attempts end,
        result = coalesce(e.after -> 'result', t.result),
        updated_at = at,
        revision = t.revision + 1
      from events e
      where t.workspace_id = $1 and t.id = any(ended)
        and e.workspace_id = $1 and e.operation = operation_seq and e.task_id = t.id;
      ${moveReadyStarts('t.id = any(ended)')}
    end if;`;

/**
 * Takes ready tasks for an agent, most important first, then oldest: those it names, those of a goal, or any. Leases that
 * ran out are ended first, since such a task may be the most important one; those of the tasks that are named come first.
 * Of the tasks that are named, those in progress that nobody holds and nobody has touched for a while are taken too, and
 * those that the agent holds already, by its name or, where a fence is given, by that, are
 * `renewed`: never for shorter, and a heartbeat is no event. They come back as a list shows them. So do tasks that were
 * failed for their leases, with the result that they got as `given_up`: the program makes its words.
 */
export const claimTasks = defineFunction({
  name: 'claim_tasks',
  params: {
    workspaceId: 'int8',
    textLimit: 'int4',
    limit: 'int8',
    operation: 'uuid',
    leasesOperation: 'uuid',
    actor: 'text',
    leaseSeconds: 'float8',
    goalId: 'text?',
    taskIds: 'text[]?',
    fence: 'int8?',
    maxAttempts: 'int4',
  },
  columns: { ...listedTaskColumns, fence: 'int8', renewed: 'bool?', given_up: 'jsonb?' },
  declare: {
    ...operationVariable,
    at: 'timestamptz := clock_timestamp()',
    lease_end: 'timestamptz := at + make_interval(secs => p_lease_seconds)',
    kept: 'text[]',
    picked: "text[] := '{}'",
    start: 'record',
    ended: 'text[]',
    given_up: "text[] := '{}'",
    held: 'jsonb',
  },
  body: `
  if p_task_ids is not null then
    with longer as (
      update claims c
      set expires_at = greatest(c.expires_at, lease_end)
      where c.workspace_id = $1 and c.task_id = any(p_task_ids) and c.expires_at > at
        and case
          when p_fence is null then c.holder = p_actor
          else exists (select from tasks t where t.workspace_id = $1 and t.id = c.task_id and t.fence = p_fence)
        end
      returning c.task_id
    )
    select array_agg(l.task_id) into kept
    from longer l;
  end if;
  if exists (select from claims c where c.workspace_id = $1 and c.expires_at <= at) then${endLeases}
  end if;
  if p_task_ids is not null then${pickNamed}
  else${pickReady}
  end if;
  if picked <> '{}' then
  ${recordOperation()}
    at := clock_timestamp();
    lease_end := at + make_interval(secs => p_lease_seconds);
    held := null;
    if p_task_ids is not null then
      select jsonb_object_agg(t.id, t.status) into held
      from tasks t
      where t.workspace_id = $1 and t.id = any(picked);
    end if;
    update tasks t
    set status = 'in_progress', fence = t.fence + 1, attempts = t.attempts + 1, updated_at = at, revision = t.revision + 1
    where t.workspace_id = $1 and t.id = any(picked);
    insert into claims (workspace_id, task_id, holder, expires_at)
    select t.workspace_id, t.id, p_actor, lease_end
    from tasks t
    where t.workspace_id = $1 and t.id = any(picked);
    insert into events (${eventColumns})
    select $1, operation_seq, 'claimed', t.goal_id, t.id,
      jsonb_build_object('status', coalesce(held -> t.id, '"pending"'), 'claimed_by', null, 'lease_expires_at', null, 'fence', t.fence - 1, 'attempts', t.attempts - 1),
      jsonb_build_object('status', t.status, 'claimed_by', p_actor, 'lease_expires_at', lease_end,
        'fence', t.fence, 'attempts', t.attempts)
    from tasks t
    where t.workspace_id = $1 and t.id = any(picked)
    order by t.number;
  end if;
  return query
  select ${listedTaskSelect}, t.fence,
    case when t.id = any(given_up) then null else t.id = any(kept) is true end,
    case when t.id = any(given_up) then t.result end
  from tasks t
  ${claimOf('t')}
  where t.workspace_id = $1 and t.id = any(kept || picked || given_up)
  order by t.id = any(kept) is not true, t.priority, t.number;`,
});
