import type { Json, JsonObject } from '../../domain/json.ts';
import type { Changes } from '../report.ts';
import { type AssignedIds, canonicalId, numberIn } from './assign-ids.ts';
import { shown } from './record-reader.ts';
import type { Existing, GoalRow, OnConflict, TaskRow } from './types.ts';

interface Surroundings {
  ids: AssignedIds;
  existing: Existing;
  onConflict: OnConflict;
  changes: Changes;
}

/** Goals made for tasks whose own goal is missing: no task can be without a goal, and no task is dropped. */
export class RecoveredGoals {
  readonly #byReference = new Map<string, string>();
  readonly #rows = new Map<string, GoalRow>();
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** The ID of the goal that stands in for the missing one. It is the missing goal's ID, where the task names one. */
  goalFor(task: TaskRow, goalId: Json | undefined): string {
    const wanted = canonicalId('goal', goalId);
    const reference = wanted ?? '';
    const id = this.#byReference.get(reference) ?? this.#idFor(wanted);
    this.#byReference.set(reference, id);
    const row = this.#rows.get(id);
    if (row !== undefined) widen(row, task);
    else if (!this.#isThere(id)) this.#rows.set(id, recovered(id, wanted, task));
    const was = goalId === undefined || goalId === null ? 'it named no goal' : `its goal ${shown(goalId)} is not there`;
    this.#surroundings.changes.add('missing_goal', task.id, `${was}; it belongs to ${id} now`, {
      field: 'goal_id',
      verbatim: goalId ?? null,
    });
    return id;
  }

  rows(): GoalRow[] {
    return [...this.#rows.values()];
  }

  #idFor(wanted: string | undefined): string {
    const { ids, existing, onConflict } = this.#surroundings;
    const conflicts = wanted !== undefined && onConflict === 'renumber' && existing.goals.has(wanted);
    return wanted === undefined || conflicts ? ids.create() : wanted;
  }

  #isThere(id: string): boolean {
    return this.#surroundings.existing.goals.has(id);
  }
}

function recovered(id: string, wanted: string | undefined, task: TaskRow): GoalRow {
  const metadata: JsonObject = { recovered: true };
  return {
    id,
    number: numberIn('goal', id) ?? 0,
    description:
      wanted === undefined ? 'Recovered: tasks that named no goal' : `Recovered: ${wanted}, which was missing`,
    priority: 'medium',
    status: 'in_progress',
    repos: [],
    created_at: task.created_at,
    updated_at: task.updated_at,
    metadata,
    total_tasks: 0,
    open_tasks: 0,
    exists: false,
  };
}

/** The goal began with its first task, and changed with the last. The timestamps' form sorts as time does. */
function widen(row: GoalRow, { created_at, updated_at }: TaskRow): void {
  if (created_at < row.created_at) row.created_at = created_at;
  if (updated_at > row.updated_at) row.updated_at = updated_at;
}
