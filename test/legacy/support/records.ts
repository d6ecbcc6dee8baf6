import type { JsonObject } from '../../../src/domain/json.ts';
import { type CheckedRecords, checkRecords } from '../../../src/legacy/check/check.ts';
import { recordsIn } from '../../../src/legacy/check/records.ts';
import type { CheckOptions, LegacyRecords, TaskRow } from '../../../src/legacy/check/types.ts';
import { TimeZone } from '../../../src/legacy/local-time.ts';
import { type Change, Changes } from '../../../src/legacy/report.ts';

type Fields = Record<string, unknown>;

export const utc = new TimeZone('UTC');
export const now = '2026-01-01T00:00:00.000000Z';

/** A goal as v2 wrote it. */
export function aGoal(id: string, tasks: string[] = [], fields: Fields = {}): Fields {
  return {
    id,
    description: `goal ${id}`,
    priority: 'high',
    status: 'in_progress',
    repos: ['backend'],
    tasks,
    created_at: '2025-06-01T10:00:00.000001',
    updated_at: '2025-06-02T10:00:00.000002',
    metadata: {},
    ...fields,
  };
}

/** A task as v2 wrote it. */
export function aTask(id: string, goal_id: string, fields: Fields = {}): Fields {
  return {
    id,
    goal_id,
    description: `task ${id}`,
    type: 'code',
    status: 'pending',
    priority: 'medium',
    dependencies: [],
    repo: 'backend',
    jira_ticket: null,
    estimated_effort: '2d',
    assigned_tools: [],
    created_at: '2025-06-01T11:00:00.000003',
    updated_at: '2025-06-01T11:00:00.000004',
    completed_at: null,
    result: null,
    ...fields,
  };
}

export function recordsOf(goals: Fields, tasks: Fields = {}, counters: LegacyRecords['counters'] = {}): LegacyRecords {
  const inMap = (fields: Fields) => recordsIn(new Map(Object.entries(fields)) as Map<string, JsonObject>);
  return { goals: inMap(goals), tasks: inMap(tasks), counters };
}

/** What the check makes of records, every task read to its end. */
export type Checked = Omit<CheckedRecords, 'tasks' | 'rowOf'> & { tasks: TaskRow[]; changes: Change[] };

/** Checks records with nothing in the store, unless `options` say otherwise. */
export function check(records: LegacyRecords, options: Partial<CheckOptions> = {}): Checked {
  const changes = new Changes();
  const base: CheckOptions = {
    zone: utc,
    now,
    existing: { goals: new Map(), tasks: new Map() },
    onConflict: 'skip',
    firstNew: { goal: 1, task: 1 },
  };
  const checked = checkRecords(records, { ...base, ...options }, changes);
  return { ...checked, tasks: checked.tasks.map(checked.rowOf), changes: changes.list };
}
