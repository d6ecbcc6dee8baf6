import { describe, expect, it } from 'vitest';
import { outline, planOf, planOfFixture } from './support.ts';

describe('a project of Backlog.md', () => {
  it('gives a goal for each milestone, and a task for each file, archived and drafted ones too', async () => {
    const plan = await planOfFixture('backlog-md');
    expect(plan.goals.map(({ id, description }) => [id, description])).toEqual([
      ['m-0', 'Release 1\n\nSign-in for all'],
      ['(no milestone)', 'demo'],
    ]);
    expect(outline(plan)).toEqual([
      '(no milestone) | TASK-1 | completed | ',
      'm-0 | TASK-2 | in_progress | TASK-2.1 TASK-2.2 TASK-1',
      'm-0 | TASK-2.1 | pending | TASK-1',
      'm-0 | TASK-2.2 | pending | TASK-2.1',
      '(no milestone) | TASK-3 | pending | TASK-2',
      '(no milestone) | TASK-4 | completed | ',
      '(no milestone) | DRAFT-1 | pending | ',
      '(no milestone) | TASK-5 | cancelled | ',
    ]);
    const [first, second] = plan.tasks;
    expect(first).toMatchObject({
      description: `Choose a provider

Compare three OAuth providers.`,
      criteria: [
        { text: 'A table of prices', isMet: true },
        { text: 'A decision', isMet: false },
      ],
      status: 'completed',
      priority: 'high',
      labels: ['auth', 'research'],
      created: '2026-11-28 09:20Z',
      notes: [{ text: 'Final Summary:\nWe take Example ID.' }, { text: 'Looks good', at: '2026-11-28 09:20Z' }],
      kept: ['assignee: @ann'],
    });
    expect(second).toMatchObject({
      description: 'Build the sign-in\n\nRoutes and the page.\n\nImplementation Plan:\n1. Routes\n2. Page',
      status: 'in_progress',
      due: '2027-01-31',
      notes: [{ text: 'Implementation Notes:\nPKCE is on.' }],
      kept: ['references: https://example.com/spec'],
    });
    expect(plan.tasks.slice(6).map(({ kept }) => kept)).toEqual([['status: Draft'], ['status: To Do, archived']]);
  });

  it('keeps the headings of a text, and knows the columns of a board of its own', async () => {
    const page = (id: string, status: string, body = '') => `---\nid: ${id}\ntitle: T\nstatus: ${status}\n---\n${body}`;
    const plan = await planOf('backlog-md', {
      'b/config.yml': 'project_name: "own"\nstatuses: ["Idea", "Building", "Shipped"]\n',
      'b/tasks/a.md': page(
        'x-1',
        'Idea',
        '## Description\n\n<!-- SECTION:DESCRIPTION:BEGIN -->\nA\n## B\nC\n<!-- SECTION:DESCRIPTION:END -->\n\n## Own\nD',
      ),
      'b/tasks/b.md': page('x-2', 'building'),
      'b/tasks/c.md': page('x-3', 'Shipped'),
      'b/tasks/d.md': 'no front matter',
    });
    expect(plan.tasks.map(({ status, kept }) => [status, kept[0]])).toEqual([
      ['pending', 'status: Idea'],
      ['in_progress', 'status: building'],
      ['completed', 'status: Shipped'],
    ]);
    expect(plan.tasks[0]?.description).toBe('T\n\nA\n## B\nC\n\nOwn:\nD');
    expect(plan.leftOut).toEqual([{ where: 'b/tasks/d.md', message: 'it has no front matter with an id' }]);
  });

  it('is refused with line and column where a front matter is broken', async () => {
    await expect(planOf('backlog-md', { 'tasks/a.md': '---\nid: A\ntitle: "x\n---\n' })).rejects.toThrow(
      /^tasks\/a\.md, line 3, column \d+: .* Nothing was imported\.$/,
    );
    await expect(planOf('backlog-md', { 'tasks/a.md': '# x' })).rejects.toThrow('is no file of Backlog.md');
  });
});
