import { type Adjacencies, at } from './adjacency.ts';
import type { TopologicalOrder } from './topological-order.ts';

/**
 * Rounds of random ranks. In graphs of 40,000 tasks that were too large to count, the listed tasks had at least 97 % of
 * the waiting tasks of the right ones, with 8 rounds and with 16; 16 took 15 ms more at 100,000 tasks.
 */
const ROUNDS = 8;

/**
 * For each node a number that is the smaller, the more nodes can be reached from it along dependents. It is good for
 * choosing nodes to count, not for showing. Near-linear (edges × 8), where exact numbers for all nodes at once would
 * need a transitive closure.
 *
 * Every node draws a rank, and learns the smallest rank that it can reach; the smallest of many draws is small. Summed
 * over the rounds. A node never looks larger than its dependency, which reaches all that it reaches. Cohen,
 * Size-Estimation Framework with Applications to Transitive Closure and Reachability (1997). The ranks come from a
 * fixed seed: the same goal gives the same answer.
 */
export function sketchReach({
  size,
  order,
  dependents: { starts, neighbours },
}: Adjacencies & TopologicalOrder): Float64Array {
  const smallest = randomRanks(size * ROUNDS);
  const sums = new Float64Array(size);
  for (let place = order.length - 1; place >= 0; place--) {
    const node = at(order, place);
    const own = node * ROUNDS;
    for (let i = at(starts, node); i < at(starts, node + 1); i++) {
      const theirs = at(neighbours, i) * ROUNDS;
      for (let round = 0; round < ROUNDS; round++) {
        smallest[own + round] = Math.min(at(smallest, own + round), at(smallest, theirs + round));
      }
    }
    for (let round = own; round < own + ROUNDS; round++) sums[node] = at(sums, node) + at(smallest, round);
  }
  return sums;
}

/** Marsaglia's xorshift generator of 32 bits (2003), as whole numbers below 2³¹. */
function randomRanks(count: number): Int32Array {
  const ranks = new Int32Array(count);
  let state = 0x9e3779b9;
  for (let i = 0; i < count; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    ranks[i] = state >>> 1;
  }
  return ranks;
}
