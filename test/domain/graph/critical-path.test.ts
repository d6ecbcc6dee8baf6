import fc from 'fast-check';
import { expect, test } from 'vitest';
import { criticalPath } from '../../../src/domain/graph/critical-path.ts';
import { buildTaskGraph } from '../../../src/domain/graph/task-graph.ts';
import { type AGoal, anyGoal, aTask, edgesOf } from './goals.ts';
import { everyChain, openPart } from './oracle.ts';

const pathOf = ({ tasks, edges }: AGoal) => criticalPath(buildTaskGraph(tasks, edges));

test('no chain of dependent unfinished tasks has more effort than the critical path', () => {
  fc.assert(
    fc.property(anyGoal, (goal) => {
      const { open, openEdges } = openPart(goal);
      const { taskIds, totalMinutes, assumedEffortMinutes } = pathOf(goal);
      const effortOf = new Map(open.map((task) => [task.id, task.effortMinutes || (assumedEffortMinutes ?? 1)]));
      const total = (chain: string[]) => chain.reduce((sum, id) => sum + (effortOf.get(id) ?? 0), 0);
      const chains = everyChain(
        open.map((task) => task.id),
        openEdges,
      );
      expect(total(taskIds)).toBe(Math.max(0, ...chains.map(total)));
      if (open.length > 0) expect(chains).toContainEqual(taskIds);
      const isAnyKnown = goal.tasks.some((task) => task.effortMinutes);
      expect(totalMinutes).toBe(isAnyKnown || open.length === 0 ? total(taskIds) : null);
    }),
    { numRuns: 500 },
  );
});

test('a task without an effort counts as the median of the unfinished ones that have one, and is named when it is on the path', () => {
  const tasks = [
    aTask('A', { effortMinutes: 60 }),
    aTask('B'),
    aTask('C', { effortMinutes: 121 }),
    aTask('D', { effortMinutes: 10, status: 'completed' }),
    aTask('E'),
  ];
  expect(pathOf({ tasks, edges: edgesOf('B A') })).toEqual({
    taskIds: ['A', 'B'],
    totalMinutes: 60 + 91,
    assumedEffortMinutes: 91,
    tasksWithoutEffort: ['B'],
  });
});

test('the median is the middle effort, not the mean', () => {
  const tasks = [
    aTask('A', { effortMinutes: 30 }),
    aTask('B', { effortMinutes: 60 }),
    aTask('C', { effortMinutes: 9_000 }),
    aTask('D'),
  ];
  expect(pathOf({ tasks, edges: [] }).assumedEffortMinutes).toBe(60);
});

test('where only finished tasks have an effort, their median is assumed', () => {
  const tasks = [aTask('A', { effortMinutes: 45, status: 'completed' }), aTask('B'), aTask('C')];
  expect(pathOf({ tasks, edges: edgesOf('C B') })).toMatchObject({ totalMinutes: 90, assumedEffortMinutes: 45 });
});

test('where no task has an effort, the path is the longest chain and its effort is unknown', () => {
  const tasks = ['A', 'B', 'C'].map((id) => aTask(id));
  expect(pathOf({ tasks, edges: edgesOf('C B') })).toEqual({
    taskIds: ['B', 'C'],
    totalMinutes: null,
    assumedEffortMinutes: null,
    tasksWithoutEffort: ['B', 'C'],
  });
});

test('where every task has an effort, nothing is assumed', () => {
  const tasks = [aTask('A', { effortMinutes: 30 }), aTask('B', { effortMinutes: 60 })];
  expect(pathOf({ tasks, edges: [] })).toEqual({
    taskIds: ['B'],
    totalMinutes: 60,
    assumedEffortMinutes: null,
    tasksWithoutEffort: [],
  });
});

test('of chains of the same effort, the lower numbers win', () => {
  const tasks = ['A', 'B', 'C', 'D'].map((id) => aTask(id, { effortMinutes: 60 }));
  expect(pathOf({ tasks, edges: edgesOf('D C', 'D B', 'C A', 'B A') }).taskIds).toEqual(['A', 'B', 'D']);
  expect(pathOf({ tasks, edges: edgesOf('D A', 'C B') }).taskIds).toEqual(['B', 'C']);
});

test('a goal with nothing left to do has an empty path of no minutes', () => {
  expect(pathOf({ tasks: [aTask('A', { status: 'completed' })], edges: [] })).toMatchObject({
    taskIds: [],
    totalMinutes: 0,
  });
});
