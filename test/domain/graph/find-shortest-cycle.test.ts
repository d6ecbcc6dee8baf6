import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indexEdges } from '../../../src/domain/graph/adjacency.ts';
import { describeCycle } from '../../../src/domain/graph/describe-cycle.ts';
import { findShortestCycle, shortestCycle } from '../../../src/domain/graph/find-shortest-cycle.ts';
import { acyclicGoal, anyGoal, edgesOf } from './goals.ts';
import { shortestCycleLength } from './oracle.ts';

test('a cycle is found where there is one, is made of edges, visits no task twice and is the shortest', () => {
  fc.assert(
    fc.property(anyGoal, ({ tasks, edges }) => {
      const ids = tasks.map((task) => task.id);
      const cycle = findShortestCycle(ids, edges);
      expect(cycle ? cycle.length - 1 : Number.POSITIVE_INFINITY).toBe(shortestCycleLength(ids, edges));
      if (!cycle) return;
      expect(cycle.at(-1)).toBe(cycle[0]);
      expect(new Set(cycle).size).toBe(cycle.length - 1);
      for (const [place, taskId] of cycle.slice(0, -1).entries()) {
        expect(edges).toContainEqual({ taskId, dependsOnId: cycle[place + 1] });
      }
    }),
    { numRuns: 1_000 },
  );
});

test('dependencies that only go one way have no cycle', () => {
  fc.assert(
    fc.property(acyclicGoal, ({ tasks, edges }) => {
      expect(
        findShortestCycle(
          tasks.map((task) => task.id),
          edges,
        ),
      ).toBeUndefined();
    }),
  );
});

test('a task that depends on itself is a cycle of one', () => {
  expect(findShortestCycle(['A', 'B', 'C'], edgesOf('A B', 'B A', 'C C'))).toEqual(['C', 'C']);
});

test('of two cycles of the same length, the one with the earliest task is named, from that task on', () => {
  expect(findShortestCycle(['A', 'B', 'C', 'D', 'E'], edgesOf('E D', 'D E', 'C B', 'B C', 'B A'))).toEqual([
    'B',
    'C',
    'B',
  ]);
});

test('edges of tasks that were not asked about are not looked at', () => {
  expect(findShortestCycle(['A', 'B'], edgesOf('A X', 'X A', 'B A', 'X X'))).toBeUndefined();
});

test('a cycle of 100,000 tasks is found, and named in one short line', () => {
  const ids = Array.from({ length: 100_000 }, (_, index) => `TASK-${index}`);
  const edges = ids.map((taskId, index) => ({ taskId, dependsOnId: ids[(index + 1) % ids.length] ?? '' }));
  const cycle = findShortestCycle(ids, edges) ?? [];
  expect(cycle).toHaveLength(100_001);
  expect(describeCycle(cycle)).toMatch(/^TASK-0 → TASK-1 → .* → … 99981 more … → .* → TASK-99999 → TASK-0$/);
  expect(describeCycle(cycle).length).toBeLessThan(400);
});

test('the shortest cycle is exact in the densest call that the limits allow', () => {
  const size = 1_000;
  const ids = Array.from({ length: size }, (_, index) => `TASK-${index}`);
  // five layers of 200 tasks, each task depending on the whole next layer: every cycle has five tasks or a multiple
  const edges = ids.flatMap((taskId, index) =>
    Array.from({ length: 200 }, (_, step) => ({
      taskId,
      dependsOnId: ids[((Math.floor(index / 200) + 1) % 5) * 200 + step] ?? '',
    })),
  );
  // and one way back that leaves a layer out
  edges.push({ taskId: 'TASK-799', dependsOnId: 'TASK-199' });
  expect(findShortestCycle(ids, edges)).toEqual(['TASK-199', 'TASK-200', 'TASK-400', 'TASK-799', 'TASK-199']);
});

test('a search that runs out of steps gives the shortest cycle found until then', () => {
  const edges = edgesOf('A B', 'B C', 'C A', 'D E', 'E D');
  const { adjacencies } = indexEdges(['A', 'B', 'C', 'D', 'E'], edges);
  expect(shortestCycle(adjacencies, 1)).toEqual([0, 1, 2, 0]);
  expect(shortestCycle(adjacencies, 100)).toEqual([3, 4, 3]);
});

test('a long cycle is walked once, not once from each of its tasks', () => {
  const ring = Array.from({ length: 1_000 }, (_, index) => `R${index}`);
  const edges = edgesOf(...ring.map((id, index) => `${id} R${(index + 1) % ring.length}`), 'A B', 'B A');
  const { adjacencies } = indexEdges([...ring, 'A', 'B'], edges);
  expect(shortestCycle(adjacencies, ring.length + 1)).toEqual([1_000, 1_001, 1_000]);
});

test('a short cycle is written with arrows', () => {
  expect(describeCycle(['TASK-0004', 'TASK-0007', 'TASK-0004'])).toBe('TASK-0004 → TASK-0007 → TASK-0004');
});
