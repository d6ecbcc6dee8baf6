import { defineFunction } from '../function.ts';
import { listedTaskColumns, listedTaskSelect } from '../statements/columns.ts';
import { claimOf, isStale } from '../statements/sql.ts';
import {
  begin,
  claimedImages,
  endDeferrals,
  endLeases,
  pickLabelled,
  pickReady,
  pickVariable,
} from './claim-pieces.ts';
import { handOver } from './hand-over-pieces.ts';
import { eventColumns, operationVariables, recordOperation } from './pieces.ts';

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
    labels: 'text[]?',
    fence: 'int8?',
    maxAttempts: 'int4',
  },
  columns: { ...listedTaskColumns, fence: 'int8', renewed: 'bool?', given_up: 'jsonb?', hand_over: 'jsonb?' },
  declare: {
    ...operationVariables,
    ...pickVariable,
    at: 'timestamptz := clock_timestamp()',
    lease_end: 'timestamptz := at + make_interval(secs => p_lease_seconds)',
    kept: 'text[]',
    picked: "text[] := '{}'",
    start: 'record',
    due: 'text[]',
    labelled: 'text[]',
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
${endDeferrals('p_leases_operation')}
${endLeases('t.id = any(p_task_ids) is true desc, ')}
  if p_task_ids is not null then${pickNamed}
  elsif p_labels is not null and p_goal_id is null then${pickLabelled('p_limit')}
  else${pickReady('p_limit', ' and (p_labels is null or t.labels @> p_labels)')}
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
    ${begin}
    insert into claims (workspace_id, task_id, holder, expires_at)
    select t.workspace_id, t.id, p_actor, lease_end
    from tasks t
    where t.workspace_id = $1 and t.id = any(picked);
    insert into events (${eventColumns})
    select $1, operation_seq, 'claimed', t.goal_id, t.id,
      ${claimedImages({ was: `coalesce(held -> t.id, '"pending"')`, holder: 'p_actor', leaseEnd: 'lease_end' })}
    from tasks t
    where t.workspace_id = $1 and t.id = any(picked)
    order by t.number;
  end if;
  return query
  select ${listedTaskSelect}, t.fence,
    case when t.id = any(given_up) then null else t.id = any(kept) is true end,
    case when t.id = any(given_up) then t.result end,
    case when t.id = any(picked) then ${handOver} end
  from tasks t
  ${claimOf('t')}
  where t.workspace_id = $1 and t.id = any(kept || picked || given_up)
  order by t.id = any(kept) is not true, t.priority, t.number;`,
});
