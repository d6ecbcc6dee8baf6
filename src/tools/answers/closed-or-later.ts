import { type NamedCriterion, nameCriteria, unmetOf } from '../../domain/criteria.ts';
import { GoalAgentError } from '../../domain/errors.ts';
import type { Task } from '../../domain/task.ts';
import type { TaskStatus } from '../../domain/task-status.ts';

/** As many as fit on a line. */
const namedWaiting = 10;

/** What goes on waiting for tasks that were cancelled, and the ways out. */
export function waitingWarning(cancelled: readonly string[], waiting: readonly string[]): string[] {
  if (waiting.length === 0) return [];
  const more = waiting.length - namedWaiting;
  const named = `${waiting.slice(0, namedWaiting).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const what = cancelled.length === 1 ? cancelled[0] : 'a cancelled task';
  const goes = waiting.length === 1 ? 'goes' : 'go';
  return [
    `${named} ${goes} on waiting for ${what}. Cancel it with waive: true to let ${waiting.length === 1 ? 'it' : 'them'} go, or remove the dependency with update_task.`,
  ];
}

/** A task that was completed before its criteria were met: its goal is not strict. */
export function unmetWarning({ task_id, unmet }: { task_id: string; unmet: readonly NamedCriterion[] }): string {
  return `${task_id} was completed before all of its criteria were met: ${nameCriteria(unmet)}.`;
}

/** A task that is completed already, and has criteria left to meet. */
export function lateWarning({ id, status, criteria = [] }: Task): string[] {
  const unmet = unmetOf(criteria);
  if (status !== 'completed' || unmet.length === 0) return [];
  return [
    `${id} is completed, and not all of its criteria are met: ${nameCriteria(unmet)}. It stays so, unless update_task_status sets it to pending.`,
  ];
}

/** @throws GoalAgentError `invalid` for what belongs to another status than the one given. */
export function refuseWithoutItsStatus(
  tool: string,
  { status, waive, defer_until }: { status: TaskStatus; waive?: boolean | undefined; defer_until?: string | undefined },
): void {
  if (waive !== undefined && status !== 'cancelled') {
    throw new GoalAgentError('invalid', `${tool}: waive belongs to the status cancelled, not to ${status}.`);
  }
  if (defer_until !== undefined && status !== 'deferred') {
    throw new GoalAgentError('invalid', `${tool}: defer_until belongs to the status deferred, not to ${status}.`);
  }
}
