import { z } from 'zod';
import { Criterion } from './criteria-input.ts';
import { type Json, StorableJson } from './json.ts';
import { Priority } from './priority.ts';
import { TaskStatus } from './task-status.ts';

/** A task as callers see it. Timestamps are ISO 8601 in UTC. */
export const Task = z.object({
  id: z.string(),
  goal_id: z.string(),
  description: z.string(),
  type: z.string(),
  status: TaskStatus,
  priority: Priority,
  dependencies: z.array(z.string()),
  repo: z.string().nullable(),
  jira_ticket: z.string().nullable(),
  estimated_effort: z.string().nullable(),
  assigned_tools: z.array(z.string()),
  created_at: z.string(),
  updated_at: z.string(),
  completed_at: z.string().nullable(),
  result: StorableJson,
  labels: z.array(z.string()).optional(),
  criteria: z.array(Criterion).optional(),
  /** In a list: how many of its criteria are met, such as `2/3`. */
  criteria_met: z.string().optional(),
  due_at: z.string().optional(),
  /** When a deferred task becomes pending by itself. */
  defer_until: z.string().optional(),
  /** Of a cancelled task: those that depend on it do not wait for it. */
  waived: z.boolean().optional(),
  /** The task's holder and the end of the lease, while the task is claimed. */
  claimed_by: z.string().optional(),
  lease_expires_at: z.string().optional(),
});
export type Task = Omit<z.infer<typeof Task>, 'result'> & { result: Json };
