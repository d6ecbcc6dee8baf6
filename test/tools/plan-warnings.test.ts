import { expect, it } from 'vitest';
import { planWarnings } from '../../src/tools/answers/plan-warnings.ts';

const whole = { tasks: [], isRankingExact: true };

it('a plan that is whole has no warning', () => {
  expect(planWarnings({ cyclic: [], unblocksMost: whole })).toEqual([]);
});

it('a plan says when the count of waiting tasks stopped at its bound, and names tasks that wait for each other', () => {
  const warnings = planWarnings({
    cyclic: ['TASK-0001', 'TASK-0002'],
    unblocksMost: { tasks: [], isRankingExact: false },
  });
  expect(warnings).toEqual([
    expect.stringContaining('TASK-0001 → TASK-0002'),
    expect.stringContaining('unblocks_most may miss a task'),
  ]);
});
