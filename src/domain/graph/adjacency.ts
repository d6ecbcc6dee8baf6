import type { Edge } from './planned-task.ts';

/**
 * The neighbours of each node, in compressed sparse rows: those of node v are `neighbours[starts[v]]` up to, not including,
 * `neighbours[starts[v + 1]]`.
 */
export type Adjacency = { readonly starts: Int32Array; readonly neighbours: Int32Array };

/** Both directions of the edges between the nodes 0 … size - 1. */
export type Adjacencies = {
  readonly size: number;
  /** From a task to its dependencies. */
  readonly dependencies: Adjacency;
  /** From a task to its dependents. */
  readonly dependents: Adjacency;
};

/** `numbers[index]` for an index known to be inside: the one place that tells the compiler so. */
export function at(numbers: Int32Array | Float64Array, index: number): number {
  return numbers[index] as number;
}

/** How many neighbours each node has. */
export function degrees({ starts }: Adjacency): Int32Array {
  const counts = new Int32Array(starts.length - 1);
  for (let node = 0; node < counts.length; node++) counts[node] = at(starts, node + 1) - at(starts, node);
  return counts;
}

/**
 * Edges as numbers: `ids[v]` is node v. An edge to an ID that is not among `ids` comes back in `outside`, with the node
 * it starts from; an edge from such an ID is left out. An edge given twice is in the rows twice.
 */
export function indexEdges(ids: readonly string[], edges: readonly Edge[]) {
  const nodeOf = new Map<string, number>();
  for (const [node, id] of ids.entries()) nodeOf.set(id, node);
  const from = new Int32Array(edges.length);
  const to = new Int32Array(edges.length);
  const outside: { node: number; edge: Edge }[] = [];
  let inside = 0;
  for (const edge of edges) {
    const node = nodeOf.get(edge.taskId);
    if (node === undefined) continue;
    const dependency = nodeOf.get(edge.dependsOnId);
    if (dependency === undefined) {
      outside.push({ node, edge });
    } else {
      from[inside] = node;
      to[inside++] = dependency;
    }
  }
  const [tails, heads] = [from.subarray(0, inside), to.subarray(0, inside)];
  const size = ids.length;
  const adjacencies: Adjacencies = {
    size,
    dependencies: buildAdjacency(size, tails, heads),
    dependents: buildAdjacency(size, heads, tails),
  };
  return { adjacencies, outside };
}

/** A counting sort of the edges by their tail: linear, and neighbours keep the order in which the edges were given. */
function buildAdjacency(size: number, tails: Int32Array, heads: Int32Array): Adjacency {
  const starts = new Int32Array(size + 1);
  for (const tail of tails) starts[tail + 1] = at(starts, tail + 1) + 1;
  for (let node = 0; node < size; node++) starts[node + 1] = at(starts, node + 1) + at(starts, node);
  const next = starts.slice();
  const neighbours = new Int32Array(heads.length);
  for (let edge = 0; edge < heads.length; edge++) {
    const tail = at(tails, edge);
    const place = at(next, tail);
    neighbours[place] = at(heads, edge);
    next[tail] = place + 1;
  }
  return { starts, neighbours };
}
