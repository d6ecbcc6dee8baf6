import { type Adjacency, at } from './adjacency.ts';

/** How many nodes a node leads to, itself left out: by one edge, and by any number of edges. */
export type Reach = { node: number; directly: number; inAll: number };

/**
 * Counts exactly, one node at a time, breadth first. The arrays are made once and hold the number of the count that saw
 * a node last. A count therefore costs as much as it walks, whatever the size of the graph. `steps` is the number of
 * edges walked so far.
 */
export function reachCounter({ starts, neighbours }: Adjacency) {
  const seenBy = new Int32Array(starts.length - 1);
  const queue = new Int32Array(starts.length - 1);
  let counts = 0;
  let steps = 0;

  const count = (node: number): Reach => {
    counts++;
    seenBy[node] = counts;
    let queued = 0;
    const visit = (from: number) => {
      const end = at(starts, from + 1);
      for (let i = at(starts, from); i < end; i++) {
        const neighbour = at(neighbours, i);
        if (seenBy[neighbour] === counts) continue;
        seenBy[neighbour] = counts;
        queue[queued++] = neighbour;
      }
      steps += end - at(starts, from);
    };
    visit(node);
    const directly = queued;
    for (let head = 0; head < queued; head++) visit(at(queue, head));
    return { node, directly, inAll: queued };
  };

  return { count, steps: () => steps };
}
