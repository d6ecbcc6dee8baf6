import type { Json, JsonObject } from '../../domain/json.ts';
import type { LegacyTable, TextRow } from '../../store/python-tables.ts';
import { numberIn } from '../check/assign-ids.ts';
import { recordsIn } from '../check/records.ts';
import type { LegacyRecords } from '../check/types.ts';
import { parseJson } from '../json-text.ts';
import type { Changes } from '../report.ts';
import { report } from '../v2/read-directory.ts';

/** Rows as records of the same form that v2 had. That version kept no counters, and no list of tasks with a goal. */
export function recordsFrom(goals: LegacyTable, tasks: LegacyTable, changes: Changes): LegacyRecords {
  const taskRecords = records(tasks, changes);
  const members = new Map<string, string[]>();
  const byNumber = [...taskRecords].sort(([a], [b]) => (numberIn('task', a) ?? 0) - (numberIn('task', b) ?? 0));
  for (const [id, { goal_id }] of byNumber) {
    const list = members.get(String(goal_id));
    if (list === undefined) members.set(String(goal_id), [id]);
    else list.push(id);
  }
  const goalRecords = records(goals, changes);
  for (const [id, record] of goalRecords) record.tasks = members.get(id) ?? [];
  return { goals: recordsIn(goalRecords), tasks: recordsIn(taskRecords), counters: {} };
}

function records({ rows, jsonColumns }: LegacyTable, changes: Changes): Map<string, JsonObject> {
  return new Map(rows.map((row) => [row.id ?? '', recordFrom(row, jsonColumns, changes)]));
}

function recordFrom(row: TextRow, jsonColumns: ReadonlySet<string>, changes: Changes): JsonObject {
  const entries = Object.entries(row).map(([column, text]): [string, Json] => {
    if (text === null || !jsonColumns.has(column)) return [column, text];
    const { value, notices } = parseJson(text);
    for (const { path, problem, verbatim } of notices) {
      report({ path: [row.id ?? '', column, ...path], problem, verbatim }, changes);
    }
    return [column, value];
  });
  return Object.fromEntries(entries);
}
