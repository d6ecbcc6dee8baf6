import { defineFunction } from '../function.ts';
import { followedTaskLabels } from '../statements/label-pieces.ts';
import { eventColumns, moveReadyStarts, operationVariables, recordOperation } from './pieces.ts';

/**
 * Gives back what an agent holds by its name, or, where a fence is given, the task that has it: pending again, and no
 * attempt counted unless the lease ran out. Who holds a task is looked at only under the task's lock: somebody else may
 * claim it while the lock is waited for.
 */
export const releaseTasks = defineFunction({
  name: 'release_tasks',
  params: { workspaceId: 'int8', operation: 'uuid', actor: 'text', taskIds: 'text[]', reason: 'text?', fence: 'int8?' },
  columns: { id: 'text' },
  declare: { ...operationVariables, held: 'text[]', in_time: 'text[]', leases: 'jsonb', at: 'timestamptz' },
  body: `
  select array_agg(x.id order by x.number) into held
  from (
    select t.id, t.number
    from tasks t
    where t.workspace_id = $1 and t.id = any(p_task_ids) and (p_fence is null or t.fence = p_fence)
    order by t.number
    for no key update
  ) x;
  at := clock_timestamp();
  with given_back as (
    delete from claims c
    where c.workspace_id = $1 and c.task_id = any(held) and (p_fence is not null or c.holder = p_actor)
    returning c.task_id, c.holder, c.expires_at
  )
  select array_agg(g.task_id), array_agg(g.task_id) filter (where g.expires_at > at),
    jsonb_object_agg(g.task_id, jsonb_build_object('claimed_by', g.holder, 'lease_expires_at', g.expires_at))
  into held, in_time, leases
  from given_back g;
  if held is null then
    return;
  end if;
${recordOperation({ reason: 'p_reason' })}
  update tasks t
  set status = 'pending', attempts = t.attempts - (t.id = any(in_time) is true)::int4, updated_at = at, revision = t.revision + 1
  where t.workspace_id = $1 and t.id = any(held);
  ${followedTaskLabels('held')};
  ${moveReadyStarts('t.id = any(held)')}
  insert into events (${eventColumns})
  select $1, operation_seq, 'released', t.goal_id, t.id,
    leases -> t.id || jsonb_build_object('status', 'in_progress', 'attempts', t.attempts + (t.id = any(in_time) is true)::int4),
    jsonb_build_object('status', t.status, 'claimed_by', null, 'lease_expires_at', null, 'attempts', t.attempts)
  from tasks t
  where t.workspace_id = $1 and t.id = any(held)
  order by t.number;
  return query
  select t.id
  from tasks t
  where t.workspace_id = $1 and t.id = any(held)
  order by t.number;`,
});
