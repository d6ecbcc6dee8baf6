import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readyTaskIds } from '../../../src/domain/graph/ready-task-ids.ts';
import { buildTaskGraph } from '../../../src/domain/graph/task-graph.ts';
import { anyGoal, aTask, edgesOf } from './goals.ts';

test('ready is what is pending with every dependency completed, cycles and other goals included', () => {
  fc.assert(
    fc.property(anyGoal, ({ tasks, edges }) => {
      const statusOf = new Map(tasks.map((task) => [task.id, task.status]));
      const isReady = (id: string) =>
        edges
          .filter((edge) => edge.taskId === id)
          .every((edge) => (statusOf.get(edge.dependsOnId) ?? edge.dependsOnStatus) === 'completed');
      const ready = tasks.filter((task) => task.status === 'pending' && isReady(task.id)).map((task) => task.id);
      expect(readyTaskIds(buildTaskGraph(tasks, edges)).toSorted()).toEqual(ready.toSorted());
    }),
    { numRuns: 500 },
  );
});

test('ready tasks come by priority, then in the order of their numbers', () => {
  const tasks = [
    aTask('A', { priority: 'low' }),
    aTask('B'),
    aTask('C', { priority: 'high' }),
    aTask('D', { priority: 'high' }),
  ];
  expect(readyTaskIds(buildTaskGraph(tasks, []))).toEqual(['C', 'D', 'B', 'A']);
});

test('a finished dependency makes its task ready', () => {
  const readyWhen = (status: 'completed' | 'failed') =>
    readyTaskIds(buildTaskGraph([aTask('A', { status }), aTask('B')], edgesOf('B A')));
  expect(readyWhen('completed')).toEqual(['B']);
  expect(readyWhen('failed')).toEqual([]);
});
