import type { JsonObject } from '../../domain/json.ts';
import { mapOf, type Records, recordsIn } from '../check/records.ts';
import type { LegacyRecords } from '../check/types.ts';
import { type TimeZone, utcFrom } from '../local-time.ts';
import type { Changes } from '../report.ts';

/** A version of the records, and the name of its source for people. */
export interface Version {
  name: string;
  records: LegacyRecords;
}

/**
 * Merges two versions of the same records. Where both have a record and they differ, the one with the newer
 * `updated_at` counts; if that is equal, the one completed last (v2 did not touch `updated_at` then), otherwise the
 * first.
 */
export function mergeVersions(first: Version, second: Version, zone: TimeZone, changes: Changes): LegacyRecords {
  const merge = (a: Records, b: Records) => {
    const merged = mapOf(a);
    for (const [key, theirs] of mapOf(b)) {
      const ours = merged.get(key);
      if (ours === undefined) merged.set(key, theirs);
      else if (!sameJson(ours, theirs)) merged.set(key, newer({ key, ours, theirs }));
    }
    return recordsIn(merged);
  };
  const newer = ({ key, ours, theirs }: { key: string; ours: JsonObject; theirs: JsonObject }) => {
    const isNewer = ageOf(theirs, zone) > ageOf(ours, zone);
    const [winner, loser] = isNewer ? [second.name, first.name] : [first.name, second.name];
    changes.add('sources_disagree', key, `${winner} has the newer version; that of ${loser} is kept here`, {
      verbatim: isNewer ? ours : theirs,
    });
    return isNewer ? theirs : ours;
  };
  const counter = (kind: 'goal' | 'task') => {
    const both = [first, second].flatMap(({ records }) => records.counters[kind] ?? []);
    return both.length === 0 ? {} : { [kind]: Math.max(...both) };
  };
  return {
    goals: merge(first.records.goals, second.records.goals),
    tasks: merge(first.records.tasks, second.records.tasks),
    counters: { ...counter('goal'), ...counter('task') },
  };
}

/** A text that sorts as the records' age does. */
export function ageOf(record: JsonObject, zone: TimeZone): string {
  const time = (field: string) => {
    const value = record[field];
    return (typeof value === 'string' ? utcFrom(value, zone) : undefined) ?? '';
  };
  return `${time('updated_at')} ${time('completed_at')}`;
}

/** The order of keys means nothing. */
function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson((a as JsonObject)[key], (b as JsonObject)[key]))
  );
}
