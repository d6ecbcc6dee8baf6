import { describe, expect, it } from 'vitest';
import { outline, planOf } from './support.ts';

describe('a Markdown file', () => {
  it('gives a goal for each heading with a list, and a task for each item', async () => {
    const plan = await planOf(
      'markdown',
      `A word before.

# Shop

## Auth

Some words.

- [x] Choose a provider (4h) !high {#choose}
- [ ] Build the sign-in after: choose
  with PKCE
  - [ ] Route
- [ ] Test

## Docs

1. Write
2. Publish after: nobody
- [ ] Announce after: choose
- [ ] Test
- [ ] Test
`,
    );
    expect(plan.goals.map(({ id, kept }) => [id, kept])).toEqual([
      ['Shop / Auth', ['line 7 is no item of a list and was left out; begin it with "- ": Some words.']],
      ['Shop / Docs', [expect.stringContaining('line 18 waits for nobody')]],
    ]);
    expect(outline(plan)).toEqual([
      'Shop / Auth | #choose | completed | ',
      'Shop / Auth | Shop / Auth / Route | pending | ',
      'Shop / Auth | Shop / Auth / Build the sign-in | pending | Shop / Auth / Route #choose',
      'Shop / Auth | Shop / Auth / Test | pending | ',
      'Shop / Docs | Shop / Docs / Write | pending | ',
      'Shop / Docs | Shop / Docs / Publish | pending | Shop / Docs / Write',
      // an item may wait for a named one below another heading
      expect.stringMatching(/Announce \| pending \| .*#choose/),
      expect.stringContaining('Shop / Docs / Test | pending'),
      expect.stringContaining('Shop / Docs / Test (2) | pending'),
    ]);
    expect(plan.tasks[0]).toMatchObject({ effort: '4h', priority: 'high' });
    expect(plan.leftOut).toEqual([{ where: 'line 1', message: 'it is in no list', verbatim: 'A word before.' }]);
  });

  it('without a list is refused', async () => {
    await expect(planOf('markdown', '# Title\n\nWords.')).rejects.toThrow('file-1 is no file of tasks: it has no list');
  });
});
