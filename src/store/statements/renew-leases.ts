import { defineStatement } from '../statement.ts';
import { listedTaskColumns, listedTaskSelect } from './sql.ts';

/**
 * Holds whose lease still runs, held for longer: never for shorter. They are those that the agent has by its name, or, where
 * a fence is given, the one that has it. A heartbeat is no event. The tasks as a list shows them.
 */
export const renewLeases = defineStatement({
  name: 'renew_leases',
  params: {
    workspaceId: 'int8',
    textLimit: 'int4',
    agent: 'text',
    leaseSeconds: 'float8',
    taskIds: 'text[]',
    fence: 'int8?',
  },
  columns: { ...listedTaskColumns, fence: 'int8' },
  text: `
    with renewed as (
      update tasks t
      set lease_expires_at = greatest(t.lease_expires_at, now() + make_interval(secs => $4)), revision = t.revision + 1
      where t.workspace_id = $1 and t.id = any($5::text[]) and t.lease_expires_at > now()
        and case when $6::int8 is null then t.claimed_by = $3 else t.fence = $6::int8 end
      returning t.*
    )
    select ${listedTaskSelect}, t.fence
    from renewed t
    order by t.number`,
});
