import { defineStatement } from '../statement.ts';
import { eventColumns, taskImage } from './sql.ts';

/**
 * Gives back what an agent holds by its name, or, where a fence is given, the task that has it: pending again, and no
 * attempt counted unless the lease ran out.
 */
export const releaseTasks = defineStatement({
  name: 'release_tasks',
  params: { workspaceId: 'int8', agent: 'text', taskIds: 'text[]', seq: 'int8', reason: 'text?', fence: 'int8?' },
  columns: { id: 'text' },
  text: `
    with held as (
      select t.*
      from tasks t
      where t.workspace_id = $1 and t.id = any($3::text[]) and t.claimed_by is not null
        and case when $6::int8 is null then t.claimed_by = $2 else t.fence = $6::int8 end
      order by t.number
      for no key update
    ),
    released as (
      update tasks t
      set status = 'pending',
        claimed_by = null,
        lease_expires_at = null,
        attempts = t.attempts - (t.lease_expires_at > now())::int4,
        updated_at = now(),
        revision = t.revision + 1
      from held h
      where t.workspace_id = $1 and t.id = h.id and t.id = any($3::text[])
      returning t.*
    ),
    recorded as (
      insert into events (${eventColumns}, reason)
      select $1, $4 + row_number() over (order by r.number) - 1, $4, $2, 'released', r.goal_id, r.id, ${taskImage('h')}, ${taskImage('r')}, $5
      from released r
      join held h on h.id = r.id
    )
    select r.id
    from released r
    order by r.number`,
});
