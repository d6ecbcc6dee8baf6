import { longestName, named } from './stored-text.ts';

/** A hold on a task that keeps somebody else from changing its status. */
export interface Claim {
  task_id: string;
  status: string;
  claimed_by: string | null;
  lease_expires_at: string | null;
  /** The fence now, and the one that the caller gave, if any. */
  fence: number;
  given_fence?: number | null;
}

/** How long a claim lasts when its caller does not say, and at most. */
export const leaseSeconds = { default: 900, least: 1, most: 24 * 3600 };

/** Claims of one task that may come to no end before it is failed; a goal's metadata may say `max_attempts`. */
export const defaultMaxAttempts = 5;

/** Why a change of a task's status is refused, and what to do: `TASK-0012 is claimed by claude-2 until 10:42:00Z; …`. */
export function describeRefusal({ task_id, status, claimed_by, lease_expires_at, fence, given_fence }: Claim): string {
  const holder =
    claimed_by === null
      ? `and is ${status}`
      : `by ${named(claimed_by, longestName)}, until ${timeOf(lease_expires_at ?? '')}`;
  if (given_fence !== null && given_fence !== undefined) {
    return `${task_id} was claimed again since your claim (fence ${given_fence}, now ${fence}) ${holder}; leave it, and claim another.`;
  }
  return `${describeClaim(task_id, claimed_by, lease_expires_at)}; claim another, or wait.`;
}

/** `TASK-0012 is claimed by claude-2 until 10:42:00Z`. */
export function describeClaim(taskId: string, holder: string | null, leaseExpiresAt: string | null): string {
  return `${taskId} is claimed by ${named(holder ?? '', longestName)} until ${timeOf(leaseExpiresAt ?? '')}`;
}

/** `2026-11-23T10:42:00.123Z` or PostgreSQL's own form, as `10:42:00Z`. */
function timeOf(timestamp: string): string {
  const date = new Date(timestamp);
  return Number.isNaN(date.getTime()) ? timestamp : `${date.toISOString().slice(11, 19)}Z`;
}
