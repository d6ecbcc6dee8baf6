import { type Adjacencies, at } from './adjacency.ts';

/**
 * The nodes on a cycle, ascending: the nodes that can reach themselves. A node that only waits for a cycle is not on
 * it. Tarjan's strongly connected components (1972), linear, with a stack of its own, because a chain of 100,000 tasks
 * overflows the call stack.
 */
export function cyclicNodes({ size, dependencies: { starts, neighbours } }: Adjacencies): number[] {
  const found = new Int32Array(size); // when a node was first seen, from 1; 0 is not yet
  const low = new Int32Array(size); // the earliest node that is reachable from it and still open; size + 1 once its component is closed
  const next = starts.slice();
  const path: number[] = [];
  const open: number[] = [];
  const cyclic: number[] = [];
  let time = 0;

  const enter = (node: number) => {
    found[node] = low[node] = ++time;
    path.push(node);
    open.push(node);
  };
  const leave = (node: number) => {
    path.pop();
    const parent = path.at(-1);
    if (parent !== undefined) low[parent] = Math.min(at(low, parent), at(low, node));
    if (at(low, node) < at(found, node)) return;
    const component = open.splice(open.lastIndexOf(node));
    const isCyclic = component.length > 1 || dependsOnItself(node);
    for (const member of component) {
      low[member] = size + 1;
      if (isCyclic) cyclic.push(member);
    }
  };
  const dependsOnItself = (node: number) => neighbours.subarray(starts[node], starts[node + 1]).includes(node);

  for (let root = 0; root < size; root++) {
    if (found[root] === 0) enter(root);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const place = at(next, node);
      if (place === at(starts, node + 1)) {
        leave(node);
        continue;
      }
      next[node] = place + 1;
      const dependency = at(neighbours, place);
      if (found[dependency] === 0) enter(dependency);
      else low[node] = Math.min(at(low, node), at(low, dependency));
    }
  }
  return cyclic.sort((a, b) => a - b);
}
