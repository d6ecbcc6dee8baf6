import { describe, expect, it } from 'vitest';
import { outline, planOf, planOfFixture } from './support.ts';

describe('the file of Shrimp Task Manager', () => {
  it('gives a goal for tasks that were planned together', async () => {
    const plan = await planOfFixture('shrimp', 'tasks.json');
    expect(plan.goals.map(({ description }) => description)).toEqual(['shrimp\n\nSign in with OAuth']);
    expect(plan.tasks.map(({ status, dependencies }) => [status, dependencies.length])).toEqual([
      ['completed', 0],
      ['in_progress', 1],
      ['pending', 1],
    ]);
    expect(plan.tasks[0]).toMatchObject({
      description: `Choose a provider

Compare three OAuth providers.

How:
Look at price, limits and the token format.`,
      criteria: [{ text: 'A table in docs/providers.md', isMet: true }],
      result: 'We take Example ID, because it is the cheapest one that gives refresh tokens.',
      completed: '2026-11-28T09:24:24.348Z',
      notes: [{ text: 'Ask Ann.' }],
      kept: [],
    });
    expect(plan.tasks[1]?.description).toContain('Files:\n- src/auth/login.ts, lines 1 to 40 (TO_MODIFY): The route');
  });

  it('loses nothing, and refuses the file of another tool', async () => {
    const { tasks, leftOut } = await planOf(
      'shrimp',
      '{"tasks":[{"id":"a","name":"A","extra":{"x":1},"dependencies":["b"]},{"name":"B"}]}',
    );
    expect(tasks).toMatchObject([{ goal: '(no analysis)', dependencies: ['b'], kept: ['extra: {"x":1}'] }]);
    expect(leftOut).toMatchObject([{ where: 'task 2', message: 'it has no id' }]);
    await expect(planOf('shrimp', '{"tasks":[{"id":1,"title":"A"}]}')).rejects.toThrow('is no file of Shrimp');
    await expect(planOf('task-master', '{"tasks":[{"id":"a","name":"A"}]}')).rejects.toThrow(
      'is no file of Task Master',
    );
    expect(outline(await planOf('shrimp', '{"tasks":[]}'))).toEqual([]);
  });
});
