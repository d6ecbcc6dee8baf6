import { defineStatement } from '../statement.ts';

/** Holds that an agent has, held for longer: never for shorter. A heartbeat is no event. */
export const renewLeases = defineStatement({
  name: 'renew_leases',
  params: { workspaceId: 'int8', agent: 'text', leaseSeconds: 'float8', taskIds: 'text[]' },
  columns: { id: 'text', fence: 'int8', lease_expires_at: 'timestamptz' },
  text: `
    update tasks t
    set lease_expires_at = greatest(t.lease_expires_at, now() + make_interval(secs => $3)), revision = t.revision + 1
    where t.workspace_id = $1 and t.id = any($4::text[]) and t.claimed_by = $2
    returning t.id, t.fence, t.lease_expires_at`,
});
