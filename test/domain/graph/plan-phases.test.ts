import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planPhases } from '../../../src/domain/graph/plan-phases.ts';
import { buildTaskGraph } from '../../../src/domain/graph/task-graph.ts';
import { type AGoal, anyGoal, aTask, edgesOf } from './goals.ts';
import { everyChain, openPart } from './oracle.ts';

const phasesOf = ({ tasks, edges }: AGoal) => planPhases(buildTaskGraph(tasks, edges));

test('a task is in the phase that its longest chain of dependencies asks for: after each of them, and no later', () => {
  fc.assert(
    fc.property(anyGoal, (goal) => {
      const { open, openEdges } = openPart(goal);
      const chains = everyChain(
        open.map((task) => task.id),
        openEdges,
      );
      const { phases } = phasesOf(goal);
      const phaseOf = new Map(phases.flatMap(({ phase, taskIds }) => taskIds.map((id) => [id, phase] as const)));
      const longest = (id: string) =>
        Math.max(...chains.filter((chain) => chain.at(-1) === id).map((chain) => chain.length));
      expect(phaseOf).toEqual(new Map(open.map(({ id }) => [id, longest(id)])));
      expect(phases.map(({ phase }) => phase)).toEqual(phases.map((_, index) => index + 1));
    }),
  );
});

test('a phase lists its tasks by priority, then in the order of their numbers', () => {
  fc.assert(
    fc.property(anyGoal, (goal) => {
      const rank = (id: string) => {
        const place = goal.tasks.findIndex((task) => task.id === id);
        return ['high', 'medium', 'low'].indexOf(goal.tasks[place]?.priority ?? '') * 100 + place;
      };
      for (const { taskIds } of phasesOf(goal).phases)
        expect(taskIds).toEqual(taskIds.toSorted((a, b) => rank(a) - rank(b)));
    }),
  );
});

test('the tasks on a cycle are named, in order, and every other unfinished task is in one phase', () => {
  fc.assert(
    fc.property(anyGoal, (goal) => {
      const { open, cyclic } = openPart(goal);
      const plan = phasesOf(goal);
      expect(plan.cyclic).toEqual(cyclic);
      expect(plan.phases.flatMap(({ taskIds }) => taskIds).toSorted()).toEqual(open.map((task) => task.id).toSorted());
    }),
  );
});

test('a task waits for its unfinished dependencies that are in no phase', () => {
  fc.assert(
    fc.property(anyGoal, (goal) => {
      const { open, cyclic } = openPart(goal);
      const cancelled = new Set(goal.tasks.filter(({ status }) => status === 'cancelled').map(({ id }) => id));
      const isWaitedFor = ({ dependsOnId, dependsOnStatus }: AGoal['edges'][number]) =>
        cyclic.includes(dependsOnId) ||
        cancelled.has(dependsOnId) ||
        (dependsOnId.startsWith('X') && dependsOnStatus !== 'completed');
      const expected = open.map(({ id }) => {
        const waits = goal.edges.filter((edge) => edge.taskId === id && isWaitedFor(edge));
        return [id, [...new Set(waits.map((edge) => edge.dependsOnId))]] as const;
      });
      const { waitsFor } = phasesOf(goal);
      expect(waitsFor).toEqual(new Map(expected.filter(([, ids]) => ids.length > 0)));
    }),
  );
});

test('a finished dependency makes its task part of the first phase', () => {
  const tasks = [aTask('A', { status: 'completed' }), aTask('B', { status: 'failed' }), aTask('C'), aTask('D')];
  const { phases } = phasesOf({ tasks, edges: edgesOf('C A', 'D B') });
  expect(phases).toEqual([
    { phase: 1, taskIds: ['B', 'C'] },
    { phase: 2, taskIds: ['D'] },
  ]);
});

test('what hangs behind a cycle is planned, and says that it waits for the cycle', () => {
  const tasks = ['A', 'B', 'C', 'D'].map((id) => aTask(id));
  expect(phasesOf({ tasks, edges: edgesOf('A B', 'B A', 'C B', 'D C') })).toEqual({
    phases: [
      { phase: 1, taskIds: ['C'] },
      { phase: 2, taskIds: ['D'] },
    ],
    waitsFor: new Map([['C', ['B']]]),
    cyclic: ['A', 'B'],
  });
});

test('a goal without tasks has no phases', () => {
  expect(phasesOf({ tasks: [], edges: [] })).toEqual({ phases: [], waitsFor: new Map(), cyclic: [] });
});

test('a cycle of 200,000 tasks overflows no stack', () => {
  const tasks = Array.from({ length: 200_000 }, (_, index) => aTask(`T${index}`));
  const edges = tasks.map(({ id }, index) => ({ taskId: id, dependsOnId: `T${(index + 1) % tasks.length}` }));
  expect(phasesOf({ tasks, edges }).cyclic).toHaveLength(tasks.length);
});
