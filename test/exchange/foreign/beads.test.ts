import { describe, expect, it } from 'vitest';
import { outline, planOf, planOfFixture } from './support.ts';

describe('the file of Beads', () => {
  it('gives a goal for each epic, and one for the issues of none', async () => {
    const plan = await planOfFixture('beads', 'issues.jsonl');
    expect(plan.goals.map(({ id, description, priority }) => [id, description, priority])).toEqual([
      ['demo-a1', 'Add OAuth sign-in\n\nPeople sign in with their provider.', 'high'],
      ['(no epic)', 'beads', undefined],
    ]);
    expect(outline(plan)).toEqual([
      'demo-a1 | demo-a1.1 | completed | ',
      'demo-a1 | demo-a1.2 | in_progress | demo-a1.2.1 demo-a1.1',
      'demo-a1 | demo-a1.2.1 | pending | demo-a1.1',
      // a dependency on an epic is one on its issues
      '(no epic) | demo-b2 | deferred | demo-a1.1 demo-a1.2 external:site:launch',
      '(no epic) | demo-c3 | pending | ',
    ]);
    expect(plan.tasks[0]).toMatchObject({
      description: `Choose a provider

Compare three.

Design:
A table in docs/providers.md`,
      criteria: [{ text: 'a decision', isMet: true }],
      status: 'completed',
      effort: '4h',
      notes: [
        { text: 'Ann asked two of them.' },
        { text: 'Mind the refresh tokens.', actor: 'bob', at: '2026-11-20T12:00:00Z' },
        { text: 'Closed: Example ID it is', at: '2026-11-21T10:00:00Z' },
      ],
      kept: ['priority: P0', 'assignee: codex-1'],
    });
    expect(plan.tasks[2]?.kept).toEqual(['related: demo-c3']);
    expect(plan.tasks[4]).toMatchObject({ type: 'bug', ticket: 'gh-9', priority: 'low' });
    expect(plan.leftOut).toMatchObject([{ where: 'line 7', message: 'it is a memory of Beads, not an issue' }]);
  });

  it('keeps what says when an issue is done: a list as criteria, and other text as text', async () => {
    const issues = [
      '- [x] it signs in\n- [ ] human: it feels fast\n\n2. it signs out',
      'One of them is enough.\nOr none.',
      `- ${'x'.repeat(301)}`,
      '',
    ].map((acceptance_criteria, n) =>
      JSON.stringify({ id: `x-${n}`, title: 'T', status: 'open', acceptance_criteria }),
    );
    const { tasks } = await planOf('beads', issues.join('\n'));
    expect(tasks.map(({ criteria }) => criteria)).toEqual([
      [
        { text: 'it signs in', isMet: true },
        { text: 'it feels fast', human: true, isMet: false },
        { text: 'it signs out', isMet: false },
      ],
      [],
      [],
      [],
    ]);
    expect(tasks.map(({ description }) => description)).toEqual([
      'T',
      'T\n\nAcceptance criteria:\nOne of them is enough.\nOr none.',
      `T\n\nAcceptance criteria:\n- ${'x'.repeat(301)}`,
      'T',
    ]);
  });

  it('reads issues that are parts of each other in a circle, and what is deleted', async () => {
    const issue = (id: string, parent: string) => ({
      id,
      title: id,
      status: 'tombstone',
      dependencies: [{ issue_id: id, depends_on_id: parent, type: 'parent-child' }],
    });
    const plan = await planOf(
      'beads',
      `${JSON.stringify(issue('x-1', 'x-2'))}\n${JSON.stringify(issue('x-2', 'x-1'))}`,
    );
    expect(plan.tasks.map(({ id, goal, kept }) => [id, goal, kept[0]])).toEqual([
      ['x-1', '(no epic)', 'status: tombstone'],
      ['x-2', '(no epic)', 'status: tombstone'],
    ]);
  });

  it('refuses a broken line and a file of another kind, with the place', async () => {
    await expect(planOf('beads', '{"id":"a","title":"b"}\n\n{"id":"c",}')).rejects.toThrow(
      'file-1, line 3, column 11: a key in double quotes belongs here. Nothing was imported.',
    );
    await expect(planOf('beads', '{"a":1}')).rejects.toThrow('file-1 is no file of Beads');
  });
});
