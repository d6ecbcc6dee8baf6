import { expect, test } from 'vitest';
import { GoalStatus } from '../../src/domain/goal.ts';
import { Priority } from '../../src/domain/priority.ts';
import { TaskStatus } from '../../src/domain/task-status.ts';
import { synonymsIn, wordMeant } from '../../src/domain/words.ts';

test.each([
  ['done', 'completed'],
  ['Completed', 'completed'],
  ['in-progress', 'in_progress'],
  ['In Progress', 'in_progress'],
  ['inProgress', 'in_progress'],
  [' IN_PROGRESS\n', 'in_progress'],
  ['todo', 'pending'],
  ['on hold', 'blocked'],
  ['Canceled', 'cancelled'],
  ['constructor', undefined],
  ['', undefined],
  [1, undefined],
  [['done'], undefined],
])('as the status of a task %j is %j', (text, status) => {
  expect(wordMeant(TaskStatus, text)).toBe(status);
});

test.each([
  ['Canceled', 'cancelled'],
  ['TODO', 'planned'],
  ['active', 'in_progress'],
  ['blocked', undefined],
])('as the status of a goal %j is %j', (text, status) => {
  expect(wordMeant(GoalStatus, text)).toBe(status);
});

test.each([
  ['High', 'high'],
  ['URGENT', 'high'],
  ['normal', 'medium'],
  ['very high', undefined],
])('as a priority %j is %j', (text, priority) => {
  expect(wordMeant(Priority, text)).toBe(priority);
});

test('no word stands for another of its own list, and each means itself', () => {
  for (const words of [TaskStatus, GoalStatus, Priority]) {
    for (const value of words.options) {
      expect(synonymsIn(words)).not.toHaveProperty(value);
      expect(wordMeant(words, value)).toBe(value);
    }
  }
});
