import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildTaskGraph } from '../../../src/domain/graph/task-graph.ts';
import { unblocksMost } from '../../../src/domain/graph/unblocks-most.ts';
import { acyclicGoal, anyGoal, aTask, edgesOf } from './goals.ts';
import { closure, openPart } from './oracle.ts';

test('the list is what the transitive closure says: the same tasks, numbers and order', () => {
  fc.assert(
    fc.property(fc.oneof(anyGoal, acyclicGoal), fc.integer({ min: 1, max: 9 }), (goal, limit) => {
      const { open, openEdges } = openPart(goal);
      const reach = closure(
        open.map((task) => task.id),
        openEdges,
      );
      const all = open.map(({ id: taskId }) => ({
        taskId,
        directly: new Set(openEdges.filter((edge) => edge.dependsOnId === taskId).map((edge) => edge.taskId)).size,
        inAll: [...reach.values()].filter((dependencies) => dependencies.has(taskId)).length,
      }));
      const expected = all
        .filter(({ inAll }) => inAll > 0)
        .toSorted((a, b) => b.inAll - a.inAll || b.directly - a.directly);
      expect(unblocksMost(buildTaskGraph(goal.tasks, goal.edges), limit)).toEqual({
        tasks: expected.slice(0, limit),
        isRankingExact: true,
      });
    }),
    { numRuns: 1_000 },
  );
});

/** Tasks that depend on each other only along each of the lines: `['A', 'B', 'C']` says that B depends on A, and C on B. */
function aGraphOfLines(lines: string[][]) {
  const ids = [...new Set(lines.flat())];
  const pairs = lines.flatMap((line) => line.slice(1).map((id, place) => `${id} ${line[place]}`));
  return buildTaskGraph(
    ids.map((id) => aTask(id)),
    edgesOf(...pairs),
  );
}

/** 40 separate blocks, each larger than the one before: 100 starts, and a line of 80, 160, … 3,200 tasks that waits for each of them. */
const blocks = Array.from({ length: 40 }, (_, index) => {
  const line = Array.from({ length: 80 * (index + 1) }, (_, place) => `line-${index + 1}-${place}`);
  const starts = Array.from({ length: 100 }, (_, start) => [`start-${index + 1}-${start}`, `line-${index + 1}-0`]);
  return [...starts, line];
}).flat();

test('where not every candidate can be counted, the best are found though they come last, and the ranking is said to be unsure', () => {
  expect(unblocksMost(aGraphOfLines(blocks), 3)).toEqual({
    tasks: [0, 1, 2].map((start) => ({ taskId: `start-40-${start}`, directly: 1, inAll: 3_200 })),
    isRankingExact: false,
  });
});

test('a task that may be listed after its dependency is counted even when the steps are spent', () => {
  const longLine = Array.from({ length: 4_000 }, (_, place) => `long-${place}`);
  expect(unblocksMost(aGraphOfLines([...blocks, longLine]), 3)).toEqual({
    tasks: [0, 1, 2].map((place) => ({ taskId: `long-${place}`, directly: 1, inAll: 3_999 - place })),
    isRankingExact: false,
  });
});

test('a goal where nothing depends on anything has nothing to list', () => {
  expect(unblocksMost(buildTaskGraph([aTask('A'), aTask('B')], []))).toEqual({ tasks: [], isRankingExact: true });
});

test('finished tasks neither take part nor count', () => {
  const tasks = [aTask('A', { status: 'completed' }), aTask('B'), aTask('C', { status: 'completed' }), aTask('D')];
  const { tasks: listed } = unblocksMost(buildTaskGraph(tasks, edgesOf('B A', 'C B', 'D B')));
  expect(listed).toEqual([{ taskId: 'B', directly: 1, inAll: 1 }]);
});
