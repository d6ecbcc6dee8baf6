import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listCell, plainCell, safeCell } from '../../../src/exchange/cells.ts';
import { outline, planOf } from './support.ts';

describe('a CSV file', () => {
  it('is read by the names of its columns, whichever tool wrote it', async () => {
    const linear = `ID,Title,Description,Status,Estimate,Priority,Project,Labels,Created,Completed,Parent issue
WEB-1,Sign-in,"Routes,
and the page",In Progress,2d,Urgent,Auth,"api, web",2026-11-20,,
WEB-2,Callback,,Done,many,No priority,Auth,,2026-11-21,2026-11-22,WEB-1
,,,,,,,,,,
WEB-3,Docs,,Odd,,,,,,,`;
    const plan = await planOf('csv', linear);
    expect(outline(plan)).toEqual([
      'Auth | WEB-1 | in_progress | WEB-2',
      'Auth | WEB-2 | completed | ',
      '(no goal) | WEB-3 | pending | ',
    ]);
    expect(plan.tasks).toMatchObject([
      { description: 'Sign-in\n\nRoutes,\nand the page', priority: 'high', effort: '2d', labels: ['api', 'web'] },
      { completed: '2026-11-22', kept: ['priority: No priority'] },
      { told: [{ kind: 'unknown_status' }] },
    ]);
    const jira =
      'Summary;Issue key;Labels;Labels;Custom field (Team);Inward issue link (Blocks)\nA;X-1;a;b;core;\nB;X-2;;;;X-1';
    expect((await planOf('csv', jira)).tasks).toMatchObject([
      { id: 'X-1', labels: ['a', 'b'], kept: ['Custom field (Team): core'] },
      { id: 'X-2', dependencies: ['X-1'] },
    ]);
  });

  it('knows rows without an ID by their text', async () => {
    const { tasks, leftOut } = await planOf('csv', 'task\tdone\towner\nA\tx\t\nB\tno\tann\nA\t\t\n\t\tbob');
    expect(tasks.map(({ id, status, kept }) => [id, status, kept])).toEqual([
      ['(no goal) / A', 'completed', []],
      ['(no goal) / B', 'pending', ['owner: ann']],
      ['(no goal) / A (2)', 'pending', []],
    ]);
    expect(leftOut).toEqual([{ where: 'line 5', message: 'it has no text', verbatim: 'owner: bob' }]);
  });

  it('is refused with line and column where it is broken, and where no column is known', async () => {
    await expect(planOf('csv', 'id,title\n1,"a\nb"\n2,"c')).rejects.toThrow(
      'file-1, line 4, column 3: this cell has no closing quote. Nothing was imported.',
    );
    await expect(planOf('csv', 'x,y\n1,2')).rejects.toThrow('names no column "title" or "description"');
    await expect(planOf('csv', '\n')).rejects.toThrow('it is empty');
  });

  it('has cells that no spreadsheet runs, and each reads back as it was', () => {
    expect(safeCell('=1+1')).toBe("'=1+1");
    fc.assert(fc.property(fc.string(), (text) => plainCell(safeCell(text)) === text));
    fc.assert(
      fc.property(
        fc.constantFrom('=', "'", '+', '-', '@'),
        fc.string(),
        (sign, text) => plainCell(safeCell(sign + text)) === sign + text,
      ),
    );
    expect([listCell(['a', 'b']), listCell(['a, b']), listCell([])]).toEqual(['a, b', '["a, b"]', '']);
  });
});
