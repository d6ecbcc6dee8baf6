import { longestName, named } from './stored-text.ts';

/** A hold on a task that keeps other agents from changing its status, or that did. */
export interface Claim {
  task_id: string;
  status: string;
  claimed_by: string | null;
  lease_expires_at: string | null;
  /**
   * The fence that the caller gave, if any. Only the holder may know the task's own fence: it is as good as the name.
   */
  given_fence?: number | null;
  /** The agent that claimed the task after the caller's lease ran out, if any. */
  claimed_since_by?: string | null;
}

/** The length of a claim when the caller gives none, and the longest that a caller may ask for. */
export const leaseSeconds = { default: 900, least: 1, most: 24 * 3600 };

/** After so many claims without an end the task is failed. A goal's metadata may set `max_attempts`. */
export const defaultMaxAttempts = 5;

/**
 * The reason why a change of a task's status is refused, and the way out: `TASK-0012 is claimed by claude-2 until
 * 10:42:00Z; …`.
 */
export function describeRefusal(claim: Claim): string {
  const { task_id, status, claimed_by, lease_expires_at, given_fence, claimed_since_by } = claim;
  const isHeld = claimed_by !== null;
  const now = isHeld
    ? `is claimed by ${named(claimed_by, longestName)} until ${timeOf(lease_expires_at ?? '')}`
    : `is ${status}`;
  if (given_fence !== null && given_fence !== undefined) {
    return `Fence ${given_fence} is not that of the last claim of ${task_id}, which ${now}; leave it, and claim another.`;
  }
  if (claimed_since_by === null || claimed_since_by === undefined) return `${task_id} ${now}; claim another, or wait.`;
  const advice = isHeld ? 'leave it, and claim another' : 'leave it, or set it to pending and claim it again';
  return `Your lease of ${task_id} ran out, ${named(claimed_since_by, longestName)} claimed it after you, and it ${now}; ${advice}.`;
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
