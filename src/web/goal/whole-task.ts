import type { TaskStatus } from '../../domain/task-status.ts';

export interface WholeNote {
  id: number;
  goal_id: string;
  task_id: string | null;
  actor: string;
  text: string;
  created_at: string;
}

export interface WholeCriterion {
  text: string;
  human?: boolean;
  met_by?: string;
  met_at?: string;
}

/** A task with all that is known of it. */
export interface WholeTask {
  id: string;
  goal_id: string;
  description: string;
  type: string;
  status: TaskStatus;
  priority: string;
  dependencies: string[];
  repo: string | null;
  jira_ticket: string | null;
  estimated_effort: string | null;
  assigned_tools: string[];
  created_at: string;
  completed_at: string | null;
  result: unknown;
  labels?: string[];
  criteria?: WholeCriterion[];
  due_at?: string;
  defer_until?: string;
  waived?: boolean;
  claimed_by?: string;
  lease_expires_at?: string;
}
