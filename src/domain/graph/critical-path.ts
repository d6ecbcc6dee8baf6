import { isClosedTask } from '../closed-task.ts';
import { at } from './adjacency.ts';
import type { PlannedTask } from './planned-task.ts';
import type { TaskGraph } from './task-graph.ts';

export type CriticalPath = {
  /** The tasks of the chain, first to last. */
  taskIds: string[];
  /** Working minutes of the whole chain; null when no task of the goal has an effort, and the chain is the one with the most tasks. */
  totalMinutes: number | null;
  /**
   * The effort that each unfinished task without one counted as: the median of the other efforts. Null when no effort
   * had to be assumed, or when no task has one.
   */
  assumedEffortMinutes: number | null;
  /** The tasks of the chain whose effort was assumed. */
  tasksWithoutEffort: string[];
};

/**
 * The chain of dependent unfinished tasks with the largest total effort, the least time the rest of the goal can take. Tasks on a cycle are left
 * out, and a task in progress counts with all of its effort. Of chains of the same effort, the one whose tasks have the lowest numbers, from the last
 * task back. The critical path method (Kelley and Walker, 1959), without slack. Linear but for sorting efforts.
 */
export function criticalPath(graph: TaskGraph): CriticalPath {
  const { tasks, allTasks } = graph;
  const isEveryKnown = tasks.every(hasEffort);
  const unfinished = allTasks.filter((task) => !isClosedTask(task.status));
  const assumed = isEveryKnown ? null : (medianEffort(unfinished) ?? medianEffort(allTasks));
  const isUnknown = assumed === null && !isEveryKnown;
  const effort = new Float64Array(tasks.map((task) => (hasEffort(task) ? task.effortMinutes : (assumed ?? 1))));

  const { nodes, total } = longestChain(graph, effort);
  const chain = nodes.map((node) => tasks[node] as PlannedTask);
  return {
    taskIds: chain.map((task) => task.id),
    totalMinutes: isUnknown ? null : total,
    assumedEffortMinutes: assumed,
    tasksWithoutEffort: chain.filter((task) => !hasEffort(task)).map((task) => task.id),
  };
}

function longestChain({ order, dependencies: { starts, neighbours } }: TaskGraph, effort: Float64Array) {
  const total = new Float64Array(effort.length); // of the heaviest chain that ends with a node
  const before = new Int32Array(effort.length).fill(-1);
  let last = -1;
  for (const node of order) {
    let best = -1;
    for (let i = at(starts, node); i < at(starts, node + 1); i++) {
      const dependency = at(neighbours, i);
      if (isHeavier(total, dependency, best)) best = dependency;
    }
    before[node] = best;
    total[node] = at(effort, node) + (best < 0 ? 0 : at(total, best));
    if (isHeavier(total, node, last)) last = node;
  }
  const nodes: number[] = [];
  for (let node = last; node >= 0; node = at(before, node)) nodes.push(node);
  return { nodes: nodes.reverse(), total: last < 0 ? 0 : at(total, last) };
}

function isHeavier(total: Float64Array, node: number, than: number): boolean {
  if (than < 0) return true;
  return at(total, node) > at(total, than) || (at(total, node) === at(total, than) && node < than);
}

function hasEffort(task: PlannedTask): task is PlannedTask & { effortMinutes: number } {
  return task.effortMinutes !== null && task.effortMinutes > 0;
}

/** Rounded to a whole minute, so that totals are exact; null when no task has an effort. */
function medianEffort(tasks: readonly PlannedTask[]): number | null {
  const efforts = new Float64Array(tasks.filter(hasEffort).map((task) => task.effortMinutes)).sort();
  if (efforts.length === 0) return null;
  const middle = efforts.length >> 1;
  return efforts.length % 2 === 1
    ? at(efforts, middle)
    : Math.round((at(efforts, middle - 1) + at(efforts, middle)) / 2);
}
