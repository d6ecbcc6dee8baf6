import type { CheckedRecords } from './check/check.ts';
import type { TimeZone } from './local-time.ts';
import type { Changes, ImportReport } from './report.ts';

/** The report of an import, after every task was read to its end. */
export function reportOf(
  { source, zone }: { source: string; zone: TimeZone },
  { goals, tasks, found }: CheckedRecords,
  changes: Changes,
): ImportReport {
  const dependencies = tasks.reduce((sum, task) => sum + task.dependencies.length, 0);
  const imported = { goals: goals.length, tasks: tasks.length, dependencies };
  return { source, timezone: zone.name, found, imported, changes: changes.sorted() };
}
