import { isClosedTask } from '../../domain/closed-task.ts';
import type { Priority } from '../../domain/priority.ts';
import type { TaskStatus } from '../../domain/task-status.ts';

/** A task as the service gives it to the board. */
export interface BoardTask {
  id: string;
  goal_id: string;
  description: string;
  status: TaskStatus;
  priority: Priority;
  type: string;
  estimated_effort: string | null;
  labels: string[];
  /** How many of its criteria are met, such as `2/3`; null where it has none. */
  criteria_met: string | null;
  due_at: string | null;
  /** Of a cancelled task: those that depend on it do not wait for it. */
  waived: boolean;
  defer_until: string | null;
  claimed_by: string | null;
  lease_expires_at: string | null;
  updated_at: string;
  completed_at: string | null;
  revision: number;
  dependencies: string[];
}

export interface BoardGoal {
  id: string;
  description: string;
  status: string;
  priority: Priority;
  repos: string[];
  labels: string[];
  due_at: string | null;
  parent_goal_id: string | null;
  total_tasks: number;
  open_tasks: number;
  created_at: string;
  updated_at: string;
  revision: number;
}

/** How far a goal is with all goals below it. */
export interface Whole {
  goals: number;
  total: number;
  completed: number;
}

/** What is above a goal, the next first, and below it. */
export interface Kin {
  above: { id: string; description: string }[];
  subGoals: (Whole & { id: string; description: string; status: string })[];
  whole?: Whole | undefined;
}

/** Whether those that depend on the task may go on. */
export function isSatisfied({ status, waived }: Pick<BoardTask, 'status' | 'waived'>): boolean {
  return status === 'completed' || waived;
}

/** Whether the task should be done by now. */
export function isLate({ status, due_at }: Pick<BoardTask, 'status' | 'due_at'>, now: number): boolean {
  return due_at !== null && !isClosedTask(status) && Date.parse(due_at) < now;
}

export const numberOf = (id: string) => Number(id.slice(5));
