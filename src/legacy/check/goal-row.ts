import { GoalStatus } from '../../domain/goal.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { limits } from '../../domain/limits.ts';
import { Priority } from '../../domain/priority.ts';
import { numberIn } from './assign-ids.ts';
import { type RecordReader, shown } from './record-reader.ts';
import type { GoalRow } from './types.ts';

export const priorityChoice = { words: Priority, fallback: 'medium', kind: 'unknown_priority' } as const;

const statusChoice = { words: GoalStatus, fallback: 'planned', kind: 'unknown_status' } as const;

/** The fields of a goal in v2 and the Python v3.0. */
const goalFields = new Set([
  'id',
  'description',
  'priority',
  'status',
  'repos',
  'tasks',
  'created_at',
  'updated_at',
  'metadata',
]);

/** A goal's row from its record, without the counts of its tasks. */
export function goalRow(reader: RecordReader, { now, exists }: { now: string; exists: boolean }): GoalRow {
  const description = reader.text('description', { max: limits.description, fallback: '(no description)' });
  const [created, updated] = [reader.time('created_at'), reader.time('updated_at')];
  const created_at = created ?? filledIn(reader, 'created_at', updated ?? now);
  return {
    id: reader.id,
    number: numberIn('goal', reader.id) ?? 0,
    description,
    priority: reader.oneOf('priority', priorityChoice),
    status: reader.oneOf('status', statusChoice),
    repos: reader.texts('repos'),
    created_at,
    updated_at: updated ?? filledIn(reader, 'updated_at', created_at),
    metadata: metadataOf(reader),
    total_tasks: 0,
    open_tasks: 0,
    exists,
  };
}

export function filledIn(reader: RecordReader, field: string, time: string): string {
  reader.report('timestamp', field, `${field} was missing or unreadable; it is now ${time}`);
  return time;
}

/** The metadata, with unknown fields added where they fit. */
function metadataOf(reader: RecordReader): JsonObject {
  const raw = reader.raw('metadata');
  const metadata = reader.json('metadata', objectFrom(reader, raw), {}) as JsonObject;
  const extra = reader.extraFields(goalFields);
  if (extra.length === 0) return metadata;
  const added = extra.filter(([field]) => !Object.hasOwn(metadata, field));
  const merged = reader.json(
    'metadata',
    Object.fromEntries([...Object.entries(metadata), ...added]),
    metadata,
  ) as JsonObject;
  for (const [field, value] of extra) {
    const kept = Object.hasOwn(merged, field) && added.some(([name]) => name === field);
    reader.report('extra_field', field, kept ? `${field} is now in the metadata` : `${field} is kept here only`, value);
  }
  return merged;
}

function objectFrom(reader: RecordReader, raw: Json | undefined): Json {
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return raw;
  if (raw === undefined || raw === null) {
    reader.report('missing_field', 'metadata', `metadata was ${raw === null ? 'null' : 'missing'}; it is now {}`);
    return {};
  }
  reader.report('wrong_type', 'metadata', `metadata was ${shown(raw)}, not an object; it is now its key "value"`, raw);
  return { value: raw };
}
