import { expect, test } from 'vitest';
import { closedStatuses, isClosedGoal } from '../../src/domain/closed-goal.ts';
import { GoalStatus } from '../../src/domain/goal.ts';

test.each(GoalStatus.options)('messages about closed goals name %s where it is such a status', (status) => {
  expect(closedStatuses.split(/, | or /).includes(status)).toBe(isClosedGoal(status));
});
