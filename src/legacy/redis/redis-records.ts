import { GoalAgentError } from '../../domain/errors.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { shown } from '../check/record-reader.ts';
import { type Records, recordsIn } from '../check/records.ts';
import type { LegacyRecords } from '../check/types.ts';
import { JsonTextError, parseJson } from '../json-text.ts';
import { type TimeZone, utcFrom } from '../local-time.ts';
import { type Changes, storable } from '../report.ts';
import { report } from '../v2/read-directory.ts';
import { ageOf, mergeVersions } from './merge.ts';
import type { RedisTexts } from './read-redis.ts';

const noRecords: LegacyRecords = { goals: recordsIn(new Map()), tasks: recordsIn(new Map()), counters: {} };

/**
 * The records that v2 wrote to Redis: those of the snapshot, and those under keys of their own where they are newer, or
 * all of the latter when the snapshot is gone. A record with a key of its own that is older than the snapshot, and that
 * the snapshot does not have, was deleted.
 *
 * @throws GoalAgentError `invalid` for a text that is not JSON or not of the right shape, with its key, line and
 *   column.
 */
export function redisRecords({ snapshot, goals, tasks }: RedisTexts, zone: TimeZone, changes: Changes): LegacyRecords {
  const whole = snapshot === undefined ? undefined : snapshotRecords(snapshot, changes);
  const takenAt = whole?.takenAt === undefined ? undefined : utcFrom(whole.takenAt, zone);
  const own = (prefix: string, texts: Map<string, string>, known: Records | undefined) => {
    const records = new Map<string, JsonObject>();
    for (const [id, text] of texts) {
      const record = objectOf(parse(`${prefix}${id}`, text, id, changes), `${prefix}${id}`);
      const isDeleted = takenAt !== undefined && known?.heads.has(id) === false && ageOf(record, zone) < takenAt;
      if (isDeleted)
        changes.add('deleted_in_snapshot', id, 'the newer snapshot does not have it: it was deleted', {
          verbatim: record,
        });
      else records.set(id, record);
    }
    return recordsIn(records);
  };
  const keys: LegacyRecords = {
    goals: own('goal_agent:goal:', goals, whole?.records.goals),
    tasks: own('goal_agent:task:', tasks, whole?.records.tasks),
    counters: {},
  };
  return mergeVersions(
    { name: 'the snapshot', records: whole?.records ?? noRecords },
    { name: "the record's own key", records: keys },
    zone,
    changes,
  );
}

function snapshotRecords(text: string, changes: Changes): { records: LegacyRecords; takenAt: string | undefined } {
  const key = 'goal_agent:state:full';
  const state = objectOf(parse(key, text, 'state', changes), key);
  const counter = (field: string) => {
    const value = state[field];
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < 1e14 ? value : undefined;
  };
  const records = {
    goals: recordsFrom(state.goals, `${key} goals`),
    tasks: recordsFrom(state.tasks, `${key} tasks`),
    counters: { goal: counter('goal_counter'), task: counter('task_counter') },
  };
  return { records, takenAt: typeof state.timestamp === 'string' ? state.timestamp : undefined };
}

function recordsFrom(value: Json | undefined, where: string): Records {
  const entries = Object.entries(objectOf(value ?? {}, where));
  return recordsIn(new Map(entries.map(([id, record]) => [id, objectOf(record, `${where} ${id}`)])));
}

function parse(key: string, text: string, id: string, changes: Changes): Json {
  try {
    const { value, notices } = parseJson(text);
    for (const notice of notices) report({ ...notice, path: [id, ...notice.path] }, changes);
    return value;
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new GoalAgentError(
      'invalid',
      `Redis key ${storable(key)}, line ${error.line}, column ${error.column}: ${error.message}. Nothing was imported.`,
    );
  }
}

function objectOf(value: Json, where: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new GoalAgentError(
    'invalid',
    `Redis key ${storable(where)} is ${shown(value)}, and has to be an object. Nothing was imported.`,
  );
}
