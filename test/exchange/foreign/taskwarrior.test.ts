import { describe, expect, it } from 'vitest';
import { planOf, planOfFixture } from './support.ts';

describe('an export of Taskwarrior', () => {
  it('gives a goal for each project', async () => {
    const plan = await planOfFixture('taskwarrior', 'tasks.json');
    expect(plan.goals.map(({ id, description }) => [id, description])).toEqual([
      ['auth', 'auth'],
      ['auth.docs', 'auth.docs'],
      ['(no project)', 'Taskwarrior'],
    ]);
    const task = (text: string) => plan.tasks.find(({ description }) => description === text);
    const provider = task('Choose a provider');
    expect(provider).toMatchObject({
      status: 'completed',
      priority: 'high',
      labels: ['research'],
      completed: '2026-11-28T09:24:24Z',
      notes: [{ text: 'Price, limits and the token format.', at: '2026-11-28T09:24:24Z' }],
      kept: [],
    });
    expect(task('Build the sign-in')).toMatchObject({
      status: 'in_progress',
      due: '2027-01-31T00:00:00Z',
      dependencies: [provider?.id],
      kept: ['started: 2026-11-28T09:24:24Z', 'size: L'],
    });
    expect(task('Renew the certificate')).toMatchObject({ deferredUntil: '2027-03-01T00:00:00Z' });
    expect(task('Support LDAP')?.kept).toEqual(['status: deleted']);
    expect(task('Water the plants')?.kept).toEqual(['parent: 7236b4f4-d826-47af-9a31-d039868e7d90', 'recur: weekly']);
    expect(plan.leftOut.map(({ where, message }) => `${where}: ${message}`)).toEqual([
      '7236b4f4-d826-47af-9a31-d039868e7d90: it makes Water the plants again and again',
    ]);
  });

  it('is read a task a line, with dependencies in one text, and refused where it is none', async () => {
    const lines =
      '{"uuid":"a","description":"A","status":"pending","depends":"b,c"}\n{"uuid":"b","description":"B","status":"waiting"}';
    const { tasks } = await planOf('taskwarrior', lines);
    expect(tasks.map(({ id, dependencies }) => [id, dependencies])).toEqual([
      ['a', ['b', 'c']],
      ['b', []],
    ]);
    await expect(planOf('taskwarrior', '[{"id":1}]')).rejects.toThrow('no task of it has a "uuid"');
    await expect(planOf('taskwarrior', '[\n{"uuid":"a",]')).rejects.toThrow('file-1, line 2, column 13');
  });
});
