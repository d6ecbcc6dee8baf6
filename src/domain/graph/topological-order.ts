import { type Adjacencies, at, degrees } from './adjacency.ts';

/**
 * `order` holds every node that is on no cycle and behind no cycle, dependencies first. `level` is the length of the
 * longest way to a node, 0 for a start.
 */
export type TopologicalOrder = { readonly order: Int32Array; readonly level: Int32Array };

/** Kahn's algorithm (1962), linear. First in, first out, so `order` is sorted by level and the last dependency to come decides a node's level. */
export function topologicalOrder({ size, dependencies, dependents }: Adjacencies): TopologicalOrder {
  const missing = degrees(dependencies);
  const level = new Int32Array(size);
  const order = new Int32Array(size);
  let placed = 0;
  for (let node = 0; node < size; node++) if (missing[node] === 0) order[placed++] = node;
  for (let head = 0; head < placed; head++) {
    const node = at(order, head);
    const end = at(dependents.starts, node + 1);
    for (let i = at(dependents.starts, node); i < end; i++) {
      const dependent = at(dependents.neighbours, i);
      const left = at(missing, dependent) - 1;
      missing[dependent] = left;
      if (left > 0) continue;
      level[dependent] = at(level, node) + 1;
      order[placed++] = dependent;
    }
  }
  return { order: order.subarray(0, placed), level };
}
