import { describe, expect, it } from 'vitest';
import { outline, planOf, planOfFixture } from './support.ts';

const small = (tasks: unknown[]) => JSON.stringify({ master: { tasks, metadata: {} } });

describe('the file of Task Master', () => {
  it('gives a goal for each tag, and a task for each task and subtask', async () => {
    const plan = await planOfFixture('task-master', 'tasks.json');
    expect(plan.goals.map(({ id, description }) => [id, description])).toEqual([
      ['master', 'task-master'],
      ['payments', 'task-master: payments\n\nTake money'],
    ]);
    expect(outline(plan)).toEqual([
      'master | master:1 | completed | ',
      'master | master:2 | in_progress | master:2.1 master:2.2 master:1',
      // the first part waits for what the whole waits for; the second waits for the first
      'master | master:2.1 | in_progress | master:1',
      'master | master:2.2 | pending | master:2.1',
      'master | master:3 | in_progress | master:2',
      'master | master:4 | cancelled | master:1',
      'master | master:5 | deferred | ',
      'payments | payments:1 | pending | ',
      'payments | payments:2 | pending | payments:1',
    ]);
    expect(plan.tasks[0]).toMatchObject({
      description: `Choose a provider

Compare three OAuth providers.

Details:
Look at price, limits and the token format.`,
      status: 'completed',
      priority: 'high',
      completed: '2026-11-28T09:22:47.005Z',
      kept: [],
    });
    expect(plan.tasks[4]).toMatchObject({ status: 'in_progress', kept: ['status: review'] });
  });

  it('loses no field that it does not know, and no entry in silence', async () => {
    const plan = await planOf(
      'task-master',
      small([{ id: 1, title: 'A', complexity: 7, priority: 'someday' }, { title: 'no id' }, 'text', { id: 2 }]),
    );
    expect(plan.tasks.map(({ id, kept }) => [id, kept])).toEqual([
      ['master:1', ['priority: someday', 'complexity: 7']],
      ['master:2', []],
    ]);
    expect(plan.leftOut.map(({ where, message }) => `${where}: ${message}`)).toEqual([
      'master task 2: it has no id',
      'master task 3: it is no task',
    ]);
  });

  it('reads the list that there was before tags, and subtasks of subtasks', async () => {
    const sub = {
      id: 1,
      title: 'B',
      subtasks: [
        { id: 1, title: 'C' },
        { id: 2, title: 'D', dependencies: [1] },
      ],
    };
    const plan = await planOf('task-master', JSON.stringify({ tasks: [{ id: '1', title: 'A', subtasks: [sub] }] }));
    expect(outline(plan)).toEqual([
      'master | master:1 | pending | master:1.1',
      'master | master:1.1 | pending | master:1.1.1 master:1.1.2',
      'master | master:1.1.1 | pending | ',
      'master | master:1.1.2 | pending | master:1.1.1',
    ]);
  });

  it('lets no part wait for what waits for that part', async () => {
    const whole = {
      id: 1,
      title: 'A',
      dependencies: [2],
      subtasks: [
        { id: 1, title: 'B' },
        { id: 2, title: 'C' },
      ],
    };
    const plan = await planOf('task-master', small([whole, { id: 2, title: 'D', dependencies: ['1.1'] }]));
    expect(outline(plan)).toEqual([
      'master | master:1 | pending | master:1.1 master:1.2 master:2',
      'master | master:1.1 | pending | ',
      'master | master:1.2 | pending | master:2',
      'master | master:2 | pending | master:1.1',
    ]);
  });

  it('refuses a broken file and a file of another kind, with the place', async () => {
    await expect(planOf('task-master', '{\n  "master": {"tasks": [}')).rejects.toThrow(
      'file-1, line 2, column 24: a value belongs here. Nothing was imported.',
    );
    await expect(planOf('task-master', '{"goals": []}')).rejects.toThrow('file-1 is no file of Task Master');
  });
});
