import { describeClaim } from '../../domain/claims.ts';

/** A claim on a task, or none. */
interface Held {
  id: string;
  claimed_by?: string | null | undefined;
  lease_expires_at?: string | null | undefined;
}

/** Claims that one answer names. */
const namedAtMost = 20;

/** A line for each of these tasks that another than the caller holds by a lease that runs: it may be at work on what was changed. */
export function heldByOthers(actor: string, tasks: Held[]): string[] {
  return tasks.slice(0, namedAtMost).flatMap(({ id, claimed_by, lease_expires_at }) => {
    if (!claimed_by || !lease_expires_at || claimed_by === actor || Date.parse(lease_expires_at) <= Date.now())
      return [];
    return [`${describeClaim(id, claimed_by, lease_expires_at)}, who is not told of this change.`];
  });
}
