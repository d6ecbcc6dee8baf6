import { GoalAgentError } from './errors.ts';
import { limits } from './limits.ts';

/** The dependencies, by ID, that a change adds to a task and removes from it. */
export interface DependencyChange {
  add: string[];
  remove: string[];
}

/** What a task depends on, in order, each with its place. */
export type PlacedDependencies = { depends_on_id: string; place: number }[];

/**
 * The dependencies of a task after a change, in order, with their places, and the new ones among them. Adding an
 * existing dependency changes nothing.
 * @throws GoalAgentError `invalid` if the task would depend on itself, if both lists name a task, if a removed task is
 *   no dependency, or if the task would have more than 200.
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
