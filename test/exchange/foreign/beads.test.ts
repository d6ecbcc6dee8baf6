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
A table in docs/providers.md

Acceptance criteria:
- a decision`,
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
