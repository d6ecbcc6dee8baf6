import { at, degrees } from './adjacency.ts';
import type { PlannedTask } from './planned-task.ts';
import { type Reach, reachCounter } from './reach-counter.ts';
import { sketchReach } from './sketch-reach.ts';
import type { TaskGraph } from './task-graph.ts';

/**
 * Edges that one answer may walk for counting. A goal with 1,000 tasks and 4,000 dependencies is always ranked exactly.
 * A larger goal is too, unless very many of its tasks can start at once and each has very many tasks behind it.
 */
const MAX_STEPS = 4_000_000;

export type Unblocks = {
  taskId: string;
  /** Unfinished tasks that depend on this one. */
  directly: number;
  /** Unfinished tasks that wait for this one, directly or through other tasks. */
  inAll: number;
};

export type UnblocksMost = {
  /** Most waiting tasks first, without tasks that nothing waits for. The numbers are always exact. */
  tasks: Unblocks[];
  /** False where not every candidate could be counted: another task might then have a place in the list. */
  isRankingExact: boolean;
};

/**
 * The unfinished tasks for which the most unfinished tasks wait, at most `limit`. On equal numbers the one with more
 * direct dependents, then the lower number, comes first. Tasks on a cycle neither take part nor count: no completed
 * task unblocks them.
 *
 * Fewer tasks wait for a task than for any of its dependencies, so it can be in the list only after all of them. The
 * candidates are therefore the tasks without an open dependency and, as places are given away, the tasks that depend
 * only on listed tasks. They are counted one by one. Where that could take more than {@link MAX_STEPS}, the candidates
 * with the smallest {@link sketchReach} come first, until the steps are spent.
 */
export function unblocksMost(graph: TaskGraph, limit = 5): UnblocksMost {
  const counter = candidateCounter(graph);
  const unlistedDependencies = degrees(graph.dependencies);
  const { starts, neighbours } = graph.dependents;
  const listed: Reach[] = [];
  counter.count(startNodes(graph), limit);
  while (listed.length < limit) {
    const best = counter.takeBest();
    if (!best) break;
    listed.push(best);
    const candidates: number[] = [];
    for (const dependent of neighbours.subarray(starts[best.node], starts[best.node + 1])) {
      const left = at(unlistedDependencies, dependent) - 1;
      unlistedDependencies[dependent] = left;
      if (left === 0) candidates.push(dependent);
    }
    counter.count(candidates, limit - listed.length);
  }
  const tasks = listed.map(({ node, ...numbers }) => ({ taskId: (graph.tasks[node] as PlannedTask).id, ...numbers }));
  return { tasks, isRankingExact: counter.hasCountedAll() };
}

/** The order of the graph is sorted by level. The tasks without a dependency are therefore at its front. */
function startNodes({ order, level }: TaskGraph): number[] {
  const end = order.findIndex((node) => at(level, node) > 0);
  return [...order.subarray(0, end < 0 ? order.length : end)];
}

function candidateCounter(graph: TaskGraph) {
  const edgeCount = graph.dependents.neighbours.length;
  let sketch: Float64Array | undefined;
  const reach = reachCounter(graph.dependents);
  const dependentCount = degrees(graph.dependents);
  const counted: Reach[] = [];
  let hasCountedAll = true;

  const sortBySketch = (nodes: number[]) => {
    const sums = sketch ?? sketchReach(graph);
    sketch = sums;
    nodes.sort((a, b) => at(sums, a) - at(sums, b) || a - b);
  };
  /**
   * Counts the candidates within the remaining steps, and at least `atLeast` of them in any case: the list must not
   * stay short.
   */
  const count = (nodes: number[], atLeast: number) => {
    const candidates = nodes.filter((node) => at(dependentCount, node) > 0);
    if (reach.steps() + candidates.length * edgeCount > MAX_STEPS) sortBySketch(candidates);
    for (const [done, node] of candidates.entries()) {
      if (done >= atLeast && reach.steps() > MAX_STEPS) {
        hasCountedAll = false;
        return;
      }
      counted.push(reach.count(node));
    }
  };
  const takeBest = (): Reach | undefined => {
    let best: Reach | undefined;
    for (const next of counted) if (!best || comesBefore(next, best)) best = next;
    if (best) counted.splice(counted.indexOf(best), 1);
    return best;
  };
  return { count, takeBest, hasCountedAll: () => hasCountedAll };
}

function comesBefore(a: Reach, b: Reach): boolean {
  return (b.inAll - a.inAll || b.directly - a.directly || a.node - b.node) < 0;
}
