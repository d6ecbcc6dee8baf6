import type { Priority } from '../priority.ts';
import type { TaskStatus } from '../task-status.ts';

/** What planning has to know of a task. Lists of them are ordered by the tasks' numbers. */
export type PlannedTask = {
  id: string;
  status: TaskStatus;
  priority: Priority;
  /** Working minutes; null where the task has no effort, or one that cannot be read. */
  effortMinutes: number | null;
};

/** `taskId` depends on `dependsOnId`. */
export type Edge = {
  taskId: string;
  dependsOnId: string;
  /** Read only where `dependsOnId` is not among the given tasks (a task of another goal). Left out, it counts as not completed. */
  dependsOnStatus?: TaskStatus;
};
