import { defineStatement } from '../statement.ts';
import { listedTaskColumns, listedTaskSelect } from './sql.ts';

/** Holds that an agent has, held for longer: never for shorter. A heartbeat is no event. The tasks as a list shows them. */
export const renewLeases = defineStatement({
  name: 'renew_leases',
  params: { workspaceId: 'int8', textLimit: 'int4', agent: 'text', leaseSeconds: 'float8', taskIds: 'text[]' },
  columns: { ...listedTaskColumns, fence: 'int8' },
  text: `
    with renewed as (
      update tasks t
      set lease_expires_at = greatest(t.lease_expires_at, now() + make_interval(secs => $4)), revision = t.revision + 1
      where t.workspace_id = $1 and t.id = any($5::text[]) and t.claimed_by = $3
      returning t.*
    )
    select ${listedTaskSelect}, t.fence
    from renewed t
    order by t.number`,
});
