import type { Criterion } from '../../domain/criteria.ts';
import type { GoalStatus } from '../../domain/goal.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { Priority } from '../../domain/priority.ts';
import type { TaskStatus } from '../../domain/task-status.ts';
import type { TimeZone } from '../local-time.ts';
import type { Records } from './records.ts';

/** Records as an old version kept them; their fields may hold anything. */
export interface LegacyRecords {
  goals: Records;
  tasks: Records;
  /** The last number given to each kind, as far as the old version knew. */
  counters: { goal?: number | undefined; task?: number | undefined };
}

/** The treatment of a row whose ID the store has already. */
export type OnConflict = 'skip' | 'renumber' | 'overwrite';

/**
 * IDs of the records that the store has already, with their status. A task that lets its dependents go without having been
 * completed counts as completed here.
 */
export interface Existing {
  goals: ReadonlyMap<string, string>;
  tasks: ReadonlyMap<string, string>;
}

export interface CheckOptions {
  /** For timestamps without a zone. */
  zone: TimeZone;
  /** The value of a timestamp that no field of a record or its neighbours tells. */
  now: string;
  existing: Existing;
  onConflict: OnConflict;
  /** The start of new IDs, unless the old counters and IDs are higher. */
  firstNew: { goal: number; task: number };
}

/** A goal as it goes into the store. Timestamps are UTC with six digits of a second. */
export interface GoalRow {
  id: string;
  number: number;
  description: string;
  priority: Priority;
  status: GoalStatus;
  repos: string[];
  created_at: string;
  updated_at: string;
  metadata: JsonObject;
  labels?: string[];
  due_at?: string | null;
  strict?: boolean;
  parent_goal_id?: string | null;
  total_tasks: number;
  open_tasks: number;
  /** In the store already, and to be overwritten. */
  exists: boolean;
}

/** The facts about every task that are needed before the first one can be written. */
export interface TaskNode {
  /** The key under which the record is stored. */
  key: string;
  id: string;
  number: number;
  goal_id: string;
  status: TaskStatus;
  dependencies: string[];
  open_dependencies: number;
  parked: boolean;
  /** In the store already, and to be overwritten. */
  exists: boolean;
}

/** A task as it goes into the store. */
export interface TaskRow extends Omit<TaskNode, 'key'> {
  description: string;
  type: string;
  priority: Priority;
  repo: string | null;
  jira_ticket: string | null;
  estimated_effort: string | null;
  assigned_tools: string[];
  labels?: string[];
  criteria?: Criterion[];
  due_at?: string | null;
  waived?: boolean;
  defer_until?: string | null;
  created_at: string;
  updated_at: string;
  completed_at: string | null;
  result: Json;
}
