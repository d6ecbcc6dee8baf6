import { GoalAgentError } from './errors.ts';
import { limits } from './limits.ts';

/** How a task's dependencies are to change. IDs. */
export interface DependencyChange {
  add: string[];
  remove: string[];
}

/** What a task depends on, in order, each with its place. */
export type PlacedDependencies = { depends_on_id: string; place: number }[];

/**
 * All that a task depends on after a change, in order, with their places, and what of it is new. To add what is there already changes nothing.
 * @throws GoalAgentError `invalid` for a task that is to depend on itself, one named in both lists, one to be removed that is not a
 *   dependency, or more than 200 in the end.
 */
export function changeDependencies(
  taskId: string,
  current: PlacedDependencies,
  { add, remove }: DependencyChange,
): { all: string[]; places: number[]; added: PlacedDependencies; removed: string[] } {
  const ids = new Set(current.map((each) => each.depends_on_id));
  if (add.includes(taskId)) throw refused(taskId, 'it cannot depend on itself.');
  const both = add.find((id) => remove.includes(id));
  if (both !== undefined)
    throw refused(taskId, `${both} is in add_dependencies and in remove_dependencies; choose one.`);
  const unknown = remove.filter((id) => !ids.has(id));
  if (unknown.length > 0) throw refused(taskId, `it does not depend on ${listed(unknown)}.`);
  const last = Math.max(-1, ...current.map((each) => each.place));
  const added = [...new Set(add)]
    .filter((id) => !ids.has(id))
    .map((id, index) => ({ depends_on_id: id, place: last + 1 + index }));
  const removed = [...new Set(remove)];
  const placed = [...current.filter((each) => !remove.includes(each.depends_on_id)), ...added];
  const all = placed.map((each) => each.depends_on_id);
  if (all.length > limits.dependenciesPerTask) {
    throw refused(taskId, `it would depend on ${all.length} tasks; the limit is ${limits.dependenciesPerTask}.`);
  }
  return { all, places: placed.map((each) => each.place), added, removed };
}

/** The first of many IDs, and how many more there are. */
export function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, 10).join(', ');
  return ids.length > 10 ? `${shown} and ${ids.length - 10} more` : shown;
}

function refused(taskId: string, why: string): GoalAgentError {
  return new GoalAgentError('invalid', `${taskId} was not changed: ${why}`);
}
