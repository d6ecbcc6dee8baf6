/** The statuses of closed goals, in the words of messages. */
export const closedStatuses = 'completed, cancelled or archived';

/** Whether a goal of this status is closed: its open tasks are not ready. */
export function isClosedGoal(status: unknown): boolean {
  return status === 'completed' || isLaidAside(status);
}

/** Whether a goal of this status keeps it whatever its tasks do, and takes no new ones. */
export function isLaidAside(status: unknown): boolean {
  return status === 'cancelled' || status === 'archived';
}
