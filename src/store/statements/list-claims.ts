import { defineStatement } from '../statement.ts';
import { claimOf, staleAfter } from './sql.ts';

/** Who holds which of these tasks, and until when, and when one that is in progress and held by nobody is stale; no row for a task that does not exist. */
export const listClaims = defineStatement({
  name: 'list_claims',
  params: { workspaceId: 'int8', taskIds: 'text[]' },
  columns: {
    id: 'text',
    status: 'text',
    claimed_by: 'text?',
    lease_expires_at: 'timestamptz?',
    fence: 'int8',
    open_dependencies: 'int4',
    parked: 'bool',
    stale_at: 'timestamptz',
  },
  text: `
    select t.id, t.status::text, c.holder as claimed_by, c.expires_at as lease_expires_at, t.fence, t.open_dependencies, t.parked,
      t.updated_at + ${staleAfter} as stale_at
    from tasks t
    ${claimOf('t')}
    where t.workspace_id = $1 and t.id = any($2::text[])
    order by t.number`,
});
