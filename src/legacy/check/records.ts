import type { Json, JsonObject } from '../../domain/json.ts';

/** The facts about all records that are needed before the first of them becomes a row. */
export type RecordHead = {
  id: Json | undefined;
  /** For tasks: their relations to each other and to goals. */
  goal_id: Json | undefined;
  status: Json | undefined;
  dependencies: Json | undefined;
};

/** Records by the key that each was stored under, in the order of the source. */
export interface Records {
  heads: ReadonlyMap<string, RecordHead>;
  /**
   * The record of a key that is there. Where the source is a large file, the record is parsed anew each time, and not
   * kept.
   */
  read(key: string): JsonObject;
}

export function headOf({ id, goal_id, status, dependencies }: JsonObject): RecordHead {
  return { id, goal_id, status, dependencies };
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
