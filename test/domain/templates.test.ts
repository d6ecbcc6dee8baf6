import { describe, expect, it } from 'vitest';
import { applied, parametersOf, refuseBody, type TemplateBody, withParameters } from '../../src/domain/templates.ts';

const release: TemplateBody = {
  description: 'Release {{version}}',
  repos: ['{{repo}}'],
  metadata: { notes: ['of {{ version }}', 3] },
  tasks: [
    { description: 'Tag {{version}} in {{repo}}', key: 'tag', estimated_effort: '{{effort}}', labels: ['{{repo}}'] },
    { description: 'Announce it on {{date}}', dependencies: ['tag'], due_at: '3d' },
  ],
};
const values = { version: '3.1', repo: 'api', effort: '2h' };

describe('a template', () => {
  it('makes work of its parameters', () => {
    expect(parametersOf(release)).toEqual(['date', 'effort', 'repo', 'version']);
    const { goal, subtasks } = applied({ name: 'release', body: release }, values, '2026-12-01');
    expect(goal).toMatchObject({
      ...{ description: 'Release 3.1', priority: 'medium', repos: ['api'], metadata: { notes: ['of 3.1', 3] } },
    });
    expect(subtasks).toMatchObject([
      { description: 'Tag 3.1 in api', type: 'general', estimated_effort: '2h', labels: ['api'], dependencies: [] },
      { description: 'Announce it on 2026-12-01', dependencies: ['tag'], due_at: expect.stringMatching(/^\d{4}-.*Z$/) },
    ]);
  });

  it('names all parameters that are missing or unknown at once', () => {
    const wrong = () => applied({ name: 'release', body: release }, { version: '3.1', vresion: 'x', extra: 'y' }, '');
    expect(wrong).toThrow(
      'The template release needs effort, repo and has no parameter vresion, extra; its parameters are date, effort, repo, version. Nothing was created.',
    );
  });

  it('takes a value as it is, also where it looks like a parameter or a pattern', () => {
    const tricky = { version: '{{repo}} $& $1', repo: '{{version}}', effort: '1h', date: 'never' };
    const { goal, subtasks } = applied({ name: 'release', body: release }, tricky, '2026-12-01');
    expect(goal.description).toBe('Release {{repo}} $& $1');
    expect(subtasks[0]?.description).toBe('Tag {{repo}} $& $1 in {{version}}');
    expect(subtasks[1]?.description).toBe('Announce it on never');
  });

  it('is what a goal becomes whose texts are parameters, the longest first', () => {
    const goal: TemplateBody = {
      description: 'Release 3.1 (3.1.0)',
      tasks: [{ description: 'tag 3.1.0', key: '3.1' }],
    };
    expect(withParameters(goal, { short: '3.1', full: '3.1.0', none: '' })).toEqual({
      description: 'Release {{short}} ({{full}})',
      tasks: [{ description: 'tag {{full}}', key: '3.1' }],
    });
  });

  it.each([
    [{ dependencies: ['TASK-0001'] }, 'depend on each other alone'],
    [{ dependencies: ['#1'] }, 'depends on itself'],
    [{ dependencies: ['nobody'] }, 'no other subtask'],
    [{ estimated_effort: 'soon' }, 'is not an effort'],
    [{ due_at: 'whenever' }, 'is not a day or a time ahead'],
  ])('is refused that could never be applied: %j', (task, problem) => {
    const body = { description: 'x', tasks: [{ description: 'y', ...task }] };
    expect(() => refuseBody('x', body)).toThrow(problem);
  });

  it('that goes beyond a limit with its parameters makes nothing', () => {
    const body = { description: '{{a}}'.repeat(20), tasks: [{ description: 'y' }] };
    expect(() => applied({ name: 'x', body }, { a: 'z'.repeat(1_000) }, '')).toThrow('the limit is 10000');
  });
});
