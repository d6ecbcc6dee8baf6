import { z } from 'zod';
import { GoalId } from './ids.ts';
import { type Json, type JsonObject, StorableJson, StorableJsonObject } from './json.ts';
import { Labels } from './labels.ts';
import { limits } from './limits.ts';
import { Priority } from './priority.ts';
import { text } from './text.ts';
import { DueAt } from './when.ts';
import { words } from './words.ts';

/** A goal's status; docs/states.md draws its moves. */
export const GoalStatus = words(['planned', 'in_progress', 'completed', 'cancelled', 'archived'], {
  pending: 'planned',
  new: 'planned',
  open: 'planned',
  todo: 'planned',
  active: 'in_progress',
  doing: 'in_progress',
  started: 'in_progress',
  done: 'completed',
  complete: 'completed',
  finished: 'completed',
  canceled: 'cancelled',
  abandoned: 'cancelled',
});
export type GoalStatus = z.infer<typeof GoalStatus>;

/** A new goal as a caller gives it. */
export const NewGoal = z.strictObject({
  description: text(limits.description),
  priority: Priority,
  repos: z.array(text()).max(limits.listEntries),
  labels: Labels.optional(),
  due_at: DueAt.optional(),
  strict: z.boolean().optional(),
  parent_goal_id: GoalId.optional(),
  metadata: StorableJsonObject,
});
export type NewGoal = z.infer<typeof NewGoal>;

/** A change to a goal. A field that is left out stays as it is. In `metadata`, null removes a key. */
export interface GoalChange {
  description?: string | undefined;
  priority?: Priority | undefined;
  status?: GoalStatus | undefined;
  repos?: string[] | undefined;
  labels?: string[] | undefined;
  /** Null takes it away. */
  due_at?: string | null | undefined;
  /** Whether its tasks are completed only when their criteria are met. */
  strict?: boolean | undefined;
  /** Null takes the goal out of its parent. */
  parent_goal_id?: string | null | undefined;
  metadata?: JsonObject | undefined;
}

/** A goal as callers see it. Timestamps are ISO 8601 in UTC. */
export const Goal = z.object({
  id: z.string(),
  description: z.string(),
  priority: Priority,
  status: GoalStatus,
  repos: z.array(z.string()),
  labels: z.array(z.string()).optional(),
  due_at: z.string().optional(),
  /** Its tasks are completed only when their criteria are met. */
  strict: z.boolean().optional(),
  parent_goal_id: z.string().optional(),
  /** Of a goal that has some. */
  sub_goals: z.object({ total: z.number().int(), completed: z.number().int() }).optional(),
  tasks: z.array(z.string()),
  total_tasks: z.number().int(),
  completed_tasks: z.number().int(),
  created_at: z.string(),
  updated_at: z.string(),
  metadata: z.record(z.string(), StorableJson),
});
export type Goal = Omit<z.infer<typeof Goal>, 'metadata'> & { metadata: { [key: string]: Json } };
