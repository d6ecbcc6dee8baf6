import type { Priority } from '../priority.ts';
import type { TaskStatus } from '../task-status.ts';

/** The fields of a task that a plan needs. Lists of planned tasks are in the order of the tasks' numbers. */
export type PlannedTask = {
  id: string;
  status: TaskStatus;
  priority: Priority;
  /** Working minutes; null for a task without an effort, or with an unreadable one. */
  effortMinutes: number | null;
};

/** `taskId` depends on `dependsOnId`. */
export type Edge = {
  taskId: string;
  dependsOnId: string;
  /** Read only where `dependsOnId` is not among the given tasks (a task of another goal). Left out, it counts as not completed. */
  dependsOnStatus?: TaskStatus;
};
