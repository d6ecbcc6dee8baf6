import { expect, test } from 'vitest';
import { planGoal } from '../../../src/domain/graph/plan.ts';
import { aTask, edgesOf } from './goals.ts';

test('a plan says what runs when, what takes longest, what to do first and what can start now', () => {
  const tasks = [
    aTask('TASK-0001', { effortMinutes: 240, status: 'completed' }),
    aTask('TASK-0002', { effortMinutes: 60, status: 'in_progress' }),
    aTask('TASK-0003', { effortMinutes: 480, priority: 'high' }),
    aTask('TASK-0004'),
    aTask('TASK-0005', { effortMinutes: 30, priority: 'low' }),
  ];
  const edges = [
    ...edgesOf('TASK-0002 TASK-0001', 'TASK-0003 TASK-0001', 'TASK-0004 TASK-0002', 'TASK-0004 TASK-0003'),
    { taskId: 'TASK-0005', dependsOnId: 'TASK-0099', dependsOnStatus: 'pending' as const },
  ];
  expect(planGoal(tasks, edges)).toEqual({
    phases: [
      { phase: 1, taskIds: ['TASK-0003', 'TASK-0002', 'TASK-0005'] },
      { phase: 2, taskIds: ['TASK-0004'] },
    ],
    waitsFor: new Map([['TASK-0005', ['TASK-0099']]]),
    cyclic: [],
    criticalPath: {
      taskIds: ['TASK-0003', 'TASK-0004'],
      totalMinutes: 540,
      assumedEffortMinutes: 60,
      tasksWithoutEffort: ['TASK-0004'],
    },
    unblocksMost: {
      tasks: [
        { taskId: 'TASK-0002', directly: 1, inAll: 1 },
        { taskId: 'TASK-0003', directly: 1, inAll: 1 },
      ],
      isRankingExact: true,
    },
    readyTaskIds: ['TASK-0003'],
  });
});

test('a goal of 100,000 tasks and 300,000 dependencies is planned whole', () => {
  const tasks = Array.from({ length: 100_000 }, (_, index) => aTask(`T${index}`));
  const edges = tasks
    .flatMap(({ id }, index) =>
      [2, 3, 5].map((share) => ({ taskId: id, dependsOnId: `T${Math.floor((index * (share - 1)) / share)}` })),
    )
    .filter(({ taskId, dependsOnId }) => taskId !== dependsOnId);
  expect(planGoal(tasks, edges).cyclic).toEqual([]);
});
