import type { ImportedIds } from '../../legacy/report.ts';
import { type Run, step } from '../../store/database.ts';
import { findTaskStatuses } from '../../store/statements/find-task-statuses.ts';
import { listGoalsAbove } from '../../store/statements/list-goals-above.ts';
import { listImportedIds } from '../../store/statements/list-imported-ids.ts';

/** Rows of an earlier import that are still there, by the tool's IDs. */
export interface KnownRows {
  goals: ReadonlyMap<string, KnownGoal>;
  tasks: ReadonlyMap<string, KnownTask>;
}

interface KnownRow {
  id: string;
  status: string;
}

/** A goal, and what is above it, its parent first. */
export interface KnownGoal extends KnownRow {
  above: readonly KnownRow[];
}

export interface KnownTask extends KnownRow {
  /** Those that depend on it may go on. */
  satisfies: boolean;
}

/** Rows of earlier imports of an origin that are still there: one that was deleted is imported again. */
export async function findKnown(run: Run, source: { workspaceId: number; origin: string }): Promise<KnownRows> {
  const { workspaceId } = source;
  const { imports } = await run({ imports: step(listImportedIds, source) });
  const [goalIds, taskIds] = [new Map<string, string>(), new Map<string, string>()];
  for (const { ids } of imports) {
    const { goals, tasks } = ids as ImportedIds; // as keptImport wrote it
    for (const [theirs, ours] of Object.entries(goals)) goalIds.set(theirs, ours);
    for (const [theirs, ours] of Object.entries(tasks)) taskIds.set(theirs, ours);
  }
  if (goalIds.size + taskIds.size === 0) return { goals: new Map(), tasks: new Map() };
  const { ways, tasks } = await run({
    ways: step(listGoalsAbove, { workspaceId, goalIds: [...goalIds.values()] }),
    tasks: step(findTaskStatuses, { workspaceId, taskIds: [...taskIds.values()] }),
  });
  return { goals: stillThere(goalIds, goalsOf(ways)), tasks: stillThere(taskIds, tasks) };
}

/** Each goal that a way up begins with. */
function goalsOf(ways: readonly (KnownRow & { start: string })[]): KnownGoal[] {
  const goals = new Map<string, KnownGoal & { above: KnownRow[] }>();
  for (const { start, id, status } of ways) {
    if (start === id) goals.set(start, { id, status, above: [] });
    else goals.get(start)?.above.push({ id, status });
  }
  return [...goals.values()];
}

function stillThere<T extends KnownRow>(ids: ReadonlyMap<string, string>, rows: readonly T[]): Map<string, T> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return new Map(
    [...ids].flatMap(([theirs, ours]) => {
      const row = byId.get(ours);
      return row === undefined ? [] : [[theirs, row] as const];
    }),
  );
}
