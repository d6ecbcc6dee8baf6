import { defineStatement } from '../statement.ts';
import { eventColumns, expiredAtOnce, taskImage } from './sql.ts';

/**
 * Gives back tasks whose lease ran out: they are ready again, under the fence that they had, so that a holder who comes
 * back before anybody else took the task is still welcome. A task that was claimed `maxAttempts` times (its goal's
 * metadata may say otherwise) without an end is failed, with who had claimed it in its result where it has none.
 *
 * Those of `taskIds` come first. Only tasks are locked, and those that somebody else has locked are left to them.
 */
export const endExpiredLeases = defineStatement({
  name: 'end_expired_leases',
  params: { workspaceId: 'int8', maxAttempts: 'int4', seq: 'int8', actor: 'text', taskIds: 'text[]' },
  columns: { id: 'text', result: 'jsonb?' },
  text: `
    with expired as (
      select t.*
      from tasks t
      where t.workspace_id = $1 and t.claimed_by is not null and t.lease_expires_at <= now()
      order by t.id = any($5::text[]) desc, t.lease_expires_at
      limit ${expiredAtOnce}
      for no key update skip locked
    ),
    judged as (
      select e.id,
        e.attempts >= case
          when jsonb_typeof(g.metadata -> 'max_attempts') = 'number' then (g.metadata ->> 'max_attempts')::numeric
          else $2::int4
        end as given_up
      from expired e
      join goals g on g.id = e.goal_id
      where g.workspace_id = $1 and g.id = any(array(select x.goal_id from expired x))
    ),
    ended as (
      update tasks t
      set status = case when j.given_up then 'failed'::task_status else 'pending' end,
        claimed_by = null,
        lease_expires_at = null,
        attempts = case when j.given_up then 0 else t.attempts end,
        result = case
          when not j.given_up or t.result <> 'null' then t.result
          else jsonb_build_object(
            'error', 'claimed ' || t.attempts || ' times without an end',
            'claims', (
              select jsonb_agg(jsonb_build_object('agent', c.actor, 'at', c.at) order by c.at)
              from (
                select v.actor, v.at
                from events v
                where v.workspace_id = $1 and v.task_id = t.id and v.action = 'claimed'
                order by v.at desc
                limit t.attempts
              ) c
            )
          )
        end,
        updated_at = now(),
        revision = t.revision + 1
      from judged j
      where t.workspace_id = $1 and t.id = j.id and t.id = any(array(select x.id from expired x))
      returning t.*
    ),
    recorded as (
      insert into events (${eventColumns})
      select $1, $3 + row_number() over (order by e.number) - 1, $3, $4, 'lease_ended', e.goal_id, e.id, ${taskImage('b')}, ${taskImage('e')}
      from ended e
      join expired b on b.id = e.id
    )
    select e.id, case when e.status = 'failed' then e.result end as result
    from ended e`,
});
