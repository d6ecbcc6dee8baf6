import type { PlannedTask } from './planned-task.ts';

/** IDs of tasks that are given in the order of their numbers, by priority and then number. Linear: a bucket a priority, not a sort. */
export function byPriority(tasks: readonly PlannedTask[]): string[] {
  const ids: Record<PlannedTask['priority'], string[]> = { high: [], medium: [], low: [] };
  for (const task of tasks) ids[task.priority].push(task.id);
  return [...ids.high, ...ids.medium, ...ids.low];
}
