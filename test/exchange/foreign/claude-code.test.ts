import { describe, expect, it } from 'vitest';
import { outline, planOf, planOfFixture } from './support.ts';

const list = '0b7c6f1e-3f6a-4a52-9d0e-6a3f5d0c7e11';

describe('the lists of Claude Code', () => {
  it('give a goal each, tasks of today and todos of before', async () => {
    const plan = await planOfFixture('claude-code');
    expect(plan.goals.map(({ description }) => description.slice(0, 20))).toEqual([
      'Claude Code: 0b7c6f1',
      'Claude Code: 5d2b8c0',
    ]);
    const todos = plan.goals[1]?.id;
    expect(outline(plan)).toEqual([
      `${list} | ${list}/1 | completed | `,
      `${list} | ${list}/2 | in_progress | ${list}/1`,
      `${list} | ${list}/10 | pending | ${list}/2`,
      `${todos} | ${todos}/Run the tests | completed | `,
      `${todos} | ${todos}/Fix the flaky one | pending | `,
    ]);
    expect(plan.tasks.slice(0, 2).map(({ description, kept }) => [description, kept])).toEqual([
      ['Choose a provider\n\nCompare three OAuth providers.', ['owner: researcher']],
      ['Build the sign-in\n\nRoutes and the page.', ['metadata: {"branch":"sign-in"}']],
    ]);
    expect((await planOfFixture('claude-code', `tasks/${list}`)).tasks.map(({ id }) => id)).toEqual(
      plan.tasks.slice(0, 3).map(({ id }) => id),
    );
  });

  it('wait for each other where one end alone says so', async () => {
    const task = (id: string, more: object) => JSON.stringify({ id, subject: id, status: 'pending', ...more });
    const plan = await planOf('claude-code', {
      'l/1.json': task('1', { blocks: ['2'] }),
      'l/2.json': task('2', {}),
      'l/x.json': '{}',
    });
    expect(outline(plan)).toEqual(['l | l/1 | pending | ', 'l | l/2 | pending | l/1']);
    expect(plan.leftOut).toEqual([{ where: 'l/x.json', message: 'it is no task of Claude Code' }]);
    await expect(planOf('claude-code', '{"a":1}')).rejects.toThrow('is no file of Claude Code');
  });
});
