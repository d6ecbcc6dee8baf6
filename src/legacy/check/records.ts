import type { Json, JsonObject } from '../../domain/json.ts';

/** What has to be known of all records before the first of them becomes a row. */
export interface RecordHead {
  id: Json | undefined;
  goalId: Json | undefined;
  /** How many it lists. */
  dependencies: number;
}

/** Records by the key that each was stored under, in the order of the source. */
export interface Records {
  heads: ReadonlyMap<string, RecordHead>;
  /** The record of a key that is there. Where the source is a large file, it is parsed anew each time, and not kept. */
  read(key: string): JsonObject;
}

export function headOf(record: JsonObject): RecordHead {
  const { id, goal_id, dependencies } = record;
  return { id, goalId: goal_id, dependencies: Array.isArray(dependencies) ? dependencies.length : 0 };
}

/** Records that are in memory. */
export function recordsIn(map: ReadonlyMap<string, JsonObject>): Records {
  return {
    heads: new Map([...map].map(([key, record]) => [key, headOf(record)])),
    read: (key) => map.get(key) ?? {},
  };
}

/** All records at once. */
export function mapOf({ heads, read }: Records): Map<string, JsonObject> {
  return new Map([...heads.keys()].map((key) => [key, read(key)]));
}
