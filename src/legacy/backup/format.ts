import { z } from 'zod';
import { GoalStatus } from '../../domain/goal.ts';
import { type Json, StorableJson, StorableJsonObject } from '../../domain/json.ts';
import { nameForm } from '../../domain/names.ts';
import { Priority } from '../../domain/priority.ts';
import { TaskStatus } from '../../domain/task-status.ts';
import { Parameters, TemplateBody } from '../../domain/templates.ts';
import { unstorable } from '../../domain/text.ts';

/**
 * The format that `goal-agent export json` writes and `goal-agent import json` reads; docs/migration.md describes it.
 */
export const formatName = 'goal-agent export';
export const formatVersion = 1;

const text = z
  .string()
  .refine((value) => unstorable(value) === undefined, { error: 'has NUL or half a surrogate pair' });
const time = z.iso.datetime();
const number = z.int().min(0);
const goalId = text.regex(/^GOAL-\d{4,15}$/);
const taskId = text.regex(/^TASK-\d{4,15}$/);
/** Images of rows are larger than a caller's values may be, and reports have no limit at all. */
const anyJson = z.unknown() as unknown as z.ZodType<Json>;

const ExportedCriterion = z.strictObject({
  text,
  human: z.boolean().optional(),
  met_by: text.optional(),
  met_at: time.optional(),
});

export const ExportedGoal = z.strictObject({
  id: goalId,
  number,
  description: text,
  priority: Priority,
  status: GoalStatus,
  repos: z.array(text),
  labels: z.array(text).default([]),
  due_at: time.nullable().default(null),
  strict: z.boolean().default(false),
  parent_goal_id: text.nullable().default(null),
  created_at: time,
  updated_at: time,
  metadata: StorableJsonObject,
  revision: number,
});

export const ExportedTask = z.strictObject({
  id: taskId,
  number,
  goal_id: goalId,
  description: text,
  type: text,
  status: TaskStatus,
  priority: Priority,
  dependencies: z.array(taskId),
  repo: text.nullable(),
  jira_ticket: text.nullable(),
  estimated_effort: text.nullable(),
  assigned_tools: z.array(text),
  labels: z.array(text).default([]),
  criteria: z.array(ExportedCriterion).default([]),
  due_at: time.nullable().default(null),
  waived: z.boolean().default(false),
  defer_until: time.nullable().default(null),
  created_at: time,
  updated_at: time,
  completed_at: time.nullable(),
  result: StorableJson,
  revision: number,
  claimed_by: text.nullable(),
  lease_expires_at: time.nullable(),
  fence: number,
  attempts: number,
});

const ExportedNote = z.strictObject({
  id: number,
  goal_id: goalId,
  task_id: taskId.nullable(),
  actor: text,
  text,
  created_at: time,
});

const ExportedOperation = z.strictObject({
  seq: number,
  id: z.uuid(),
  actor: text,
  reason: text.nullable(),
  at: time,
});

const ExportedEvent = z.strictObject({
  seq: number,
  operation: number,
  action: text,
  goal_id: text,
  task_id: text.nullable(),
  before: anyJson,
  after: anyJson,
  undoes: z.array(number).nullable(),
});

const ExportedImport = z.strictObject({ content_hash: text, source: text, imported_at: time, report: anyJson });

const ExportedTemplate = z.strictObject({
  name: z.string().regex(nameForm),
  body: TemplateBody,
  rule: text.nullable(),
  time_zone: text.nullable(),
  starts_at: time.nullable(),
  parameters: Parameters.nullable(),
  next_at: time.nullable(),
  last_goal_id: goalId.nullable(),
  created_at: time,
  updated_at: time,
  revision: number,
});

export const ExportedWorkspace = z.strictObject({
  format: z.literal(formatName),
  version: z.literal(formatVersion),
  /** The next number of each kind. */
  counters: z.partialRecord(z.enum(['goal', 'task', 'note', 'resource']), z.int().min(1)),
  goals: z.array(ExportedGoal),
  tasks: z.array(ExportedTask),
  notes: z.array(ExportedNote),
  operations: z.array(ExportedOperation),
  events: z.array(ExportedEvent),
  imports: z.array(ExportedImport),
  templates: z.array(ExportedTemplate).default([]),
});
export type ExportedWorkspace = z.infer<typeof ExportedWorkspace>;
