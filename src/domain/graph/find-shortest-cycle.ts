import { type Adjacencies, at, degrees, indexEdges } from './adjacency.ts';
import type { Edge } from './planned-task.ts';

/**
 * Edges looked at before the search settles for the shortest cycle found so far. A call's 1,000 tasks with 200 dependencies each take
 * 200 million at the very most, so every call gets the exact answer. A much larger graph may get a real cycle that is not the shortest: the
 * slowest of bench/plan.ts, with 100,000 tasks on cycles of 20 and more, gives up after 1.8 s.
 */
const MAX_STEPS = 200_000_000;

/**
 * The shortest cycle, each ID depending on the next and the first repeated at the end: `['TASK-0004', 'TASK-0007',
 * 'TASK-0004']`. A task that depends on itself is a cycle of one. Of cycles of the same length it is the one with the
 * earliest first task, which comes first. Undefined when there is no cycle, in linear time. Edges from or to IDs that
 * are not given do not count.
 */
export function findShortestCycle(taskIds: readonly string[], edges: readonly Edge[]): string[] | undefined {
  const cycle = shortestCycle(indexEdges(taskIds, edges).adjacencies, MAX_STEPS);
  return cycle?.map((node) => taskIds[node] as string);
}

/** The nodes of the shortest cycle, first one repeated at the end; of the shortest found, when more than `maxSteps` edges would be looked at. */
export function shortestCycle(adjacencies: Adjacencies, maxSteps: number): number[] | undefined {
  const trimmed = trim(adjacencies);
  const search = cycleSearch(adjacencies, trimmed.isLeft);
  let shortest: number[] | undefined;
  for (let node = 0; node < adjacencies.size && search.steps() < maxSteps; node++) {
    if (!trimmed.isLeft(node)) continue;
    shortest = search.shortestThrough(node, shortest ? shortest.length - 1 : adjacencies.size) ?? shortest;
    // every cycle through this node has been weighed; without it, a lone long cycle falls apart at once
    trimmed.remove(node);
  }
  return shortest && [...shortest, ...shortest.slice(0, 1)];
}

/**
 * The nodes that may be on a cycle. A node without a dependency or without a dependent is on no cycle; such nodes are
 * removed again and again.
 */
function trim({ size, dependencies, dependents }: Adjacencies) {
  const openDependencies = degrees(dependencies);
  const openDependents = degrees(dependents);
  const removed = new Uint8Array(size);
  const pending: number[] = [];

  const take = (node: number) => {
    removed[node] = 1;
    pending.push(node);
  };
  const countDown = (node: number, { starts, neighbours }: typeof dependencies, counts: Int32Array) => {
    for (let i = at(starts, node); i < at(starts, node + 1); i++) {
      const neighbour = at(neighbours, i);
      const left = at(counts, neighbour) - 1;
      counts[neighbour] = left;
      if (left === 0 && removed[neighbour] === 0) take(neighbour);
    }
  };
  const remove = (first: number) => {
    if (removed[first] === 1) return;
    take(first);
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      countDown(node, dependents, openDependencies);
      countDown(node, dependencies, openDependents);
    }
  };

  for (let node = 0; node < size; node++) if (!openDependencies[node] || !openDependents[node]) remove(node);
  return { remove, isLeft: (node: number) => removed[node] === 0 };
}

/** A search, breadth first, from one node back to itself, along dependencies, over the remaining nodes. */
function cycleSearch({ size, dependencies: { starts, neighbours } }: Adjacencies, isLeft: (node: number) => boolean) {
  const seenFrom = new Int32Array(size).fill(-1);
  const cameFrom = new Int32Array(size);
  const queue = new Int32Array(size);
  let steps = 0;

  const wayTo = (node: number, start: number) => {
    const way: number[] = [];
    for (let step = node; step !== start; step = at(cameFrom, step)) way.push(step);
    return [...way, start].reverse();
  };

  /** The shortest cycle through `start` with at most `maxLength` nodes, from `start` on. */
  const shortestThrough = (start: number, maxLength: number): number[] | undefined => {
    let queued = 1;
    queue[0] = start;
    seenFrom[start] = start;
    for (let head = 0, levelEnd = 1, length = 1; head < queued && length <= maxLength; length++, levelEnd = queued) {
      for (; head < levelEnd; head++) {
        const node = at(queue, head);
        for (let i = at(starts, node); i < at(starts, node + 1); i++) {
          steps++;
          const dependency = at(neighbours, i);
          if (dependency === start) return wayTo(node, start);
          if (seenFrom[dependency] === start || !isLeft(dependency)) continue;
          seenFrom[dependency] = start;
          cameFrom[dependency] = node;
          queue[queued++] = dependency;
        }
      }
    }
    return undefined;
  };

  return { shortestThrough, steps: () => steps };
}
