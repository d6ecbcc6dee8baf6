import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { aBrowser, aPage, axeFindings, chromiumPath } from '../support/browser.ts';
import { aDatabase } from '../support/database.ts';
import { aService } from '../support/service-process.ts';
import { workOf } from './support.ts';

/** The task whose card has the focus. */
const focused = (page: Page) => page.locator(':focus').getAttribute('data-opens');

describe.skipIf(chromiumPath === undefined)('a goal on the board', async () => {
  const service = await aService({ database: await aDatabase() });
  const browser = await aBrowser();
  const { aGoal, tasks, call, statusOf, setStatus } = workOf(service);
  const open = (route: string) => aPage(browser, service, { route });
  const card = (id: string) => `.card[data-task="${id}"]`;

  test('a goal is created, filtered and found by its text', async () => {
    await aGoal('Something else', { priority: 'low' });
    const page = await open('/');
    await page.keyboard.press('c');
    await page.keyboard.type('Move the ledger');
    await page.keyboard.press('Enter');
    await page.locator('h1', { hasText: 'Move the ledger' }).waitFor();
    await page.goto(service.url);
    await page.locator('.goal-row').nth(1).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('ledger');
    await expect.poll(() => page.locator('.goal-row').count()).toBe(1);
    await page.getByLabel('Filter by text or repository').fill('');
    await page.getByLabel('Priority', { exact: true }).selectOption('low');
    await expect.poll(() => page.locator('.goal-row .title').allTextContents()).toEqual(['Something else']);
    expect(page.url()).toContain('priority=low');
  });

  test('a task dropped on a column has its status, and Undo takes it back', async () => {
    const goal = await aGoal('Drag');
    const [first = '', second = ''] = await tasks(
      goal,
      { description: 'First', key: 'a' },
      { description: 'Second', dependencies: ['a'] },
    );
    const page = await open(`/goals/${goal}`);
    await page.locator(`.column.waiting ${card(second)}`).waitFor();
    await page.locator(card(first)).dragTo(page.locator('.column.done'));
    await page.locator(`.column.done ${card(first)}`).waitFor();
    await page.locator(`.column.ready ${card(second)}`).waitFor();
    await expect.poll(() => statusOf(first)).toBe('completed');
    await page
      .locator('.toast', { hasText: `${first} is completed.` })
      .getByRole('button', { name: 'Undo' })
      .click();
    await page.locator(`.column.ready ${card(first)}`).waitFor();
    await expect.poll(() => statusOf(first)).toBe('pending');
    await page.locator(card(second)).dragTo(page.locator('.column.ready'));
    await page.locator('.toast.error', { hasText: 'follows from dependencies' }).waitFor();
    expect(await statusOf(second)).toBe('pending');
  });

  test('what the rules refuse goes back with words', async () => {
    const goal = await aGoal('Refused');
    const [task = ''] = await tasks(goal, 'Held');
    await call('POST', '/claims', { task_ids: [task] }, 'codex-1');
    const page = await open(`/goals/${goal}`);
    await page.locator(`.column.working ${card(task)}`).dragTo(page.locator('.column.done'));
    await page.locator('.toast.error', { hasText: 'codex-1' }).waitFor();
    await page.locator(`.column.working ${card(task)}`).waitFor();
    expect(await statusOf(task)).toBe('in_progress');
  });

  test('a card is moved, opened and closed with the keyboard alone', async () => {
    const goal = await aGoal('Keys');
    const [one = '', two = ''] = await tasks(goal, 'One', 'Two');
    const page = await open(`/goals/${goal}`);
    await page.locator(`${card(one)} a`).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.locator(`.column.working ${card(two)}`).waitFor();
    await expect.poll(() => statusOf(two)).toBe('in_progress');
    await expect.poll(() => focused(page)).toBe(two);
    await page.keyboard.press('Enter');
    await page.locator('.drawer h2').waitFor();
    expect(page.url()).toContain(`task=${two}`);
    await page.keyboard.press('Escape');
    await page.locator('.drawer').waitFor({ state: 'detached' });
    expect(await focused(page)).toBe(two);
  });

  test('every field of a task is edited in place', async () => {
    const goal = await aGoal('Edit');
    const [task = ''] = await tasks(goal, 'Old text');
    const page = await open(`/goals/${goal}?task=${task}`);
    const edit = async (label: string, text: string, end: string) => {
      await page
        .locator('.drawer')
        .getByRole('button', { name: new RegExp(`^${label}:`) })
        .click();
      await page.locator('.drawer').getByLabel(label, { exact: true }).fill(text);
      await page.keyboard.press(end);
    };
    await edit('Description', 'New text\nwith two lines', 'Control+Enter');
    await page.locator('.drawer h2', { hasText: 'with two lines' }).waitFor();
    await edit('Effort', '3h', 'Enter');
    await edit('Ticket', 'API-1', 'Enter');
    await edit('Tools', 'editor, psql', 'Enter');
    await page.locator('.fields').getByText('editor, psql').waitFor();
    await page.locator('.drawer').getByLabel('Priority').selectOption('high');
    await page.getByPlaceholder('A finding, a decision or a question').fill('Looked at https://example.com/x.');
    await page.keyboard.press('Control+Enter');
    await page.locator('.notes a[href="https://example.com/x"]').waitFor();
    expect(await call('GET', `/tasks/${task}`)).toMatchObject({
      description: 'New text\nwith two lines',
      estimated_effort: '3h',
      jira_ticket: 'API-1',
      assigned_tools: ['editor', 'psql'],
      priority: 'high',
    });
    await edit('Type', 'design', 'Enter');
    await edit('Repository', 'web', 'Enter');
    await edit('Result', '{"found": 2}', 'Control+Enter');
    await page.locator('.result').getByText('"found": 2').waitFor();
    expect(await call('GET', `/tasks/${task}`)).toMatchObject({ type: 'design', repo: 'web', result: { found: 2 } });
    expect(await page.locator('.result .editable').evaluate((box) => box === box.ownerDocument.activeElement)).toBe(
      true,
    );
    await edit('Result', '', 'Control+Enter');
    await expect.poll(async () => (await call('GET', `/tasks/${task}`)).result).toBeNull();
    const other = await aGoal('Moved to');
    await edit('Goal', other, 'Enter');
    await page.locator('.column .card').waitFor({ state: 'detached' });
    expect((await call('GET', `/tasks/${task}`)).goal_id).toBe(other);
    await edit('Effort', 'soon', 'Enter');
    await page.locator('.toast.error', { hasText: 'is not an effort' }).waitFor();
  });

  test('a finished goal is archived by one click, and Undo brings it back into the lists', async () => {
    const goal = await aGoal('Sign-in');
    const [task = ''] = await tasks(goal, 'All of it');
    const page = await open(`/goals/${goal}`);
    await page.locator(card(task)).waitFor();
    const archive = page.getByRole('button', { name: 'Archive' });
    expect(await archive.count()).toBe(0);
    await setStatus(task, 'completed');
    await archive.click();
    const told = page.locator('.toast', { hasText: `${goal} is archived.` });
    await told.waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(await archive.count()).toBe(0);
    const listed = async (query = '') =>
      (await call('GET', `/goals${query}`)).goals.map(({ id }: { id: string }) => id);
    expect(await listed()).not.toContain(goal);
    expect(await listed('?status=archived')).toEqual([goal]);
    await told.getByRole('button', { name: 'Undo' }).click();
    await archive.waitFor();
    expect(await listed('?status=completed')).toEqual([goal]);
    const status = page.getByLabel('Status', { exact: true });
    await status.selectOption('in_progress');
    await page
      .locator('.toast', { hasText: `${goal} is in progress.` })
      .getByRole('button', { name: 'Undo' })
      .click();
    await expect.poll(() => status.inputValue()).toBe('completed');
  });

  test("a goal's repositories, metadata and notes are edited in place", async () => {
    const goal = await aGoal('Details', { metadata: { team: 'api', kept: { exact: 1 } } });
    const page = await open(`/goals/${goal}/details`);
    const edit = async (label: string, text: string, end: string) => {
      await page.getByRole('button', { name: new RegExp(`^${label}:`) }).press('Enter');
      await page.getByLabel(label, { exact: true }).fill(text);
      await page.keyboard.press(end);
    };
    await edit('Repositories', 'api, web', 'Enter');
    await page.locator('.goal-head .repos', { hasText: 'api, web' }).waitFor();
    await edit('Metadata', '{"kept": {"exact": 1}, "due": "2027"', 'Control+Enter');
    await page.locator('.toast.error', { hasText: 'Metadata is JSON' }).waitFor();
    await page.getByLabel('Metadata', { exact: true }).fill('{"kept": {"exact": 1}, "due": "2027"}');
    await page.keyboard.press('Control+Enter');
    await expect
      .poll(async () => (await call('GET', `/goals/${goal}`)).metadata)
      .toEqual({ kept: { exact: 1 }, due: '2027' });
    await page.getByPlaceholder('A finding, a decision or a question').fill('Why we do it');
    await page.keyboard.press('Control+Enter');
    await page.locator('.notes article', { hasText: 'Why we do it' }).waitFor();
    const [task = ''] = await tasks(goal, 'With notes');
    for (let note = 0; note < 6; note += 1) await call('POST', `/tasks/${task}/notes`, { text: `Found ${note}` });
    await page.locator('.notes article', { hasText: 'Found 0' }).getByRole('link', { name: task }).waitFor();
    await call('POST', `/goals/${goal}/notes`, { text: 'Theirs' });
    await page.locator('.notes article', { hasText: 'Theirs' }).waitFor();
  });

  test('of two people who edit one field, the second is told and shown both', async () => {
    const goal = await aGoal('Conflict');
    const [task = ''] = await tasks(goal, 'Text');
    const page = await open(`/goals/${goal}?task=${task}`);
    await page.getByRole('button', { name: 'Description: Text' }).click();
    await page.getByLabel('Description', { exact: true }).fill('Mine');
    await setStatus(task, 'in_progress'); // another field: no conflict of its own
    await call('PATCH', `/tasks/${task}`, { description: 'Theirs' });
    await expect.poll(() => page.locator('.column.working').textContent()).toContain('Theirs');
    expect(await page.getByLabel('Description', { exact: true }).inputValue()).toBe('Mine');
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => page.locator('.conflict dd').allTextContents()).toEqual(['Theirs', 'Mine']);
    await page.getByRole('button', { name: 'Save mine' }).click();
    await page.getByRole('button', { name: 'Description: Mine' }).waitFor();
    expect((await call('GET', `/tasks/${task}`)).description).toBe('Mine');
  });

  test('a dependency is found by search, and a cycle is refused in words', async () => {
    const goal = await aGoal('Cycle');
    const [a = '', b = ''] = await tasks(goal, 'Alpha walks', 'Beta waits');
    const page = await open(`/goals/${goal}?task=${b}`);
    await page.getByLabel('Add a dependency: search by words or ID').fill('alpha');
    await page.locator('.found-tasks button', { hasText: a }).click();
    await page.locator('.dependencies .task-link', { hasText: a }).waitFor();
    await page.locator(`.column.waiting ${card(b)}`).waitFor();
    await page.goto(`${service.url}/goals/${goal}?task=${a}`);
    await page.getByLabel('Add a dependency: search by words or ID').fill(b);
    await page.locator('.found-tasks button', { hasText: b }).click();
    await page.locator('.dependencies .error', { hasText: `${a} → ${b} → ${a}` }).waitFor();
  });

  test('a checklist is shown as tasks before it becomes tasks', async () => {
    const goal = await aGoal('Checklist');
    const page = await open(`/goals/${goal}`);
    await page.getByRole('button', { name: 'Paste a checklist' }).first().click();
    const field = page.locator('.break-down textarea');
    await field.fill('- [ ] Whole after: nobody\n  - [x] Part one (2h)\n  - [ ] Part two !high');
    await page.locator('.problem', { hasText: 'Line 1' }).waitFor();
    await field.fill('- [ ] Whole\n  - [x] Part one (2h)\n  - [ ] Part two !high');
    await expect
      .poll(() => page.locator('.preview .text').allTextContents())
      .toEqual(['Part one', 'Part two', 'Whole']);
    await page.getByRole('button', { name: 'Create 3 tasks' }).click();
    await page.locator('.column.done .card', { hasText: 'Part one' }).waitFor();
    await page.locator('.column.ready .card', { hasText: 'Part two' }).waitFor();
    await page.locator('.column.waiting .card', { hasText: 'Whole' }).waitFor();
  });

  test('what waits for a cancelled task is let go by one choice, and a deferred task has its date', async () => {
    const goal = await aGoal('Not now');
    const [dropped = '', next = ''] = await tasks(
      goal,
      { description: 'Will not be done', key: 'a' },
      { description: 'Goes on', dependencies: ['a'] },
      'Something else',
    );
    const page = await open(`/goals/${goal}?task=${dropped}`);
    const drawer = page.locator('.drawer');
    await drawer.getByLabel('Status').selectOption('cancelled');
    await page.locator(`.column.done ${card(dropped)}`, { hasText: 'cancelled' }).waitFor();
    await page.locator('.toast', { hasText: '1 task goes on waiting' }).waitFor();
    await page.locator(`.column.waiting ${card(next)}`).waitFor();
    await page.getByRole('button', { name: 'Let them go' }).click();
    await page.locator(`.column.ready ${card(next)}`).waitFor();
    await expect.poll(() => drawer.getByLabel('Dependents').inputValue()).toBe('go');
    await expect.poll(() => call('GET', `/tasks/${dropped}`)).toMatchObject({ status: 'cancelled', waived: true });
    await page.goto(`${service.url}/goals/${goal}?task=${next}`);
    await drawer.getByLabel('Status').selectOption('deferred');
    await page.locator(`.column.waiting ${card(next)}`, { hasText: 'deferred' }).waitFor();
    await drawer.getByRole('button', { name: 'Until: none' }).click();
    await drawer.getByLabel('Until').fill('2050-05-01');
    await page.keyboard.press('Enter');
    await page.locator(card(next), { hasText: 'deferred until' }).waitFor();
    await expect.poll(async () => (await call('GET', `/tasks/${next}`)).defer_until).toMatch(/^2050-0[45]-/);
    expect(await axeFindings(page)).toEqual([]);
  });

  test('labels and dates are edited in place, they filter, and what is overdue is counted', async () => {
    const goal = await aGoal('Labelled');
    const [one = '', two = ''] = await tasks(goal, 'One', 'Two');
    const page = await open(`/goals/${goal}?task=${one}`);
    const drawer = page.locator('.drawer');
    await drawer.getByRole('button', { name: 'Labels: none' }).click();
    await drawer.getByLabel('Labels', { exact: true }).fill('api, <b>bold</b>');
    await page.keyboard.press('Enter');
    await page.locator(card(one), { hasText: '<b>bold</b>' }).waitFor();
    await drawer.getByRole('button', { name: 'Due: none' }).click();
    await drawer.getByLabel('Due', { exact: true }).fill('2020-01-02');
    await page.keyboard.press('Enter');
    await page.locator(`${card(one)} .due.late`).waitFor();
    await page.locator('.goal-head', { hasText: '1 overdue' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.locator('.tools').getByLabel('Labels').selectOption('api');
    await page.locator(card(two)).waitFor({ state: 'detached' });
    await page.locator('.tabs a', { hasText: 'Plan' }).click();
    await expect.poll(() => page.locator('.bar-row').count()).toBe(1);
    await drawer.getByRole('button', { name: 'Remove Due' }).click();
    await expect.poll(async () => (await call('GET', `/tasks/${one}`)).due_at ?? null).toBeNull();
    // what others change of the goal itself shows, too
    await call('PATCH', `/goals/${goal}`, { labels: ['shop'], due_at: '2020-01-02' });
    await page.locator('.goal-head', { hasText: 'shop' }).waitFor();
    await page.goto(service.url);
    await page.getByRole('button', { name: '1 overdue' }).click();
    await expect.poll(() => page.locator('.goal-row .title').allTextContents()).toEqual(['Labelled']);
    await page.locator('.goal-row', { hasText: 'shop' }).waitFor();
  });

  test('criteria are a checklist, and what only a person meets is locked for everybody else', async () => {
    const goal = await aGoal('Done when', { strict: true });
    const [task = ''] = await tasks(goal, { description: 'A', criteria: ['tests pass', 'human: it reads well'] });
    const page = await open(`/goals/${goal}?task=${task}`);
    const box = (name: string, on = page) => on.locator('.drawer').getByRole('checkbox', { name });
    await box('tests pass').focus();
    await page.keyboard.press('Space');
    await page.locator('.criteria', { hasText: 'met by anna' }).waitFor();
    await page.locator(`${card(task)} .met`, { hasText: '1/2' }).waitFor();
    expect(await box('it reads well').isDisabled()).toBe(true);
    await page.locator('.criteria', { hasText: 'Only a person meets it' }).waitFor();
    await page.locator('.drawer').getByLabel('Add a criterion').fill('the docs say so');
    await page.keyboard.press('Enter');
    await box('the docs say so').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.locator('.drawer').getByRole('button', { name: 'Remove: the docs say so' }).click();
    await box('the docs say so').waitFor({ state: 'detached' });
    await page.locator('.drawer').getByLabel('Status').selectOption('completed');
    await page.locator('.toast.error', { hasText: 'it reads well' }).waitFor();
    expect(await statusOf(task)).toBe('pending');

    const hers = await aPage(browser, service, { route: `/goals/${goal}?task=${task}`, name: 'bea', person: true });
    await box('it reads well', hers).check();
    await hers.locator('.criteria', { hasText: 'met by bea' }).waitFor();
    await hers.locator('.drawer').getByLabel('Status').selectOption('completed');
    await expect.poll(() => statusOf(task)).toBe('completed');
    await hers.locator('.tabs a', { hasText: 'Details' }).click();
    await hers.locator('.details').getByLabel('Criteria').selectOption('no');
    await expect.poll(async () => (await call('GET', `/goals/${goal}`)).strict ?? false).toBe(false);
  });

  test('markup in a text is shown, and runs nowhere', async () => {
    const hostile = `<img src=x onerror="document.title='run'"><script>document.title='run'</script> javascript:alert(1) "'\`\u202e`;
    const goal = await aGoal(hostile, { repos: [hostile.slice(0, 60)] });
    const [task = ''] = await tasks(
      goal,
      { description: hostile, key: 'a' },
      { description: 'B', dependencies: ['a'] },
    );
    await call('PATCH', `/tasks/${task}`, {
      type: hostile.slice(0, 90),
      jira_ticket: hostile.slice(0, 90),
      tools: [hostile.slice(0, 90)],
    });
    await call('POST', `/tasks/${task}/notes`, { text: hostile }, hostile.slice(0, 50));
    await call('PUT', `/tasks/${task}/status`, { status: 'failed', result: { [hostile]: hostile } });
    const page = await open('/?status=all');
    for (const route of [
      '/?status=all',
      `/goals/${goal}?task=${task}`,
      `/goals/${goal}/graph`,
      `/goals/${goal}/plan`,
      '/now',
      '/history',
    ]) {
      await page.goto(service.url + route);
      await page.locator('main').getByText('<img src=x').first().waitFor({ state: 'attached' });
      expect(await page.locator('main img, main script').count()).toBe(0);
      expect(await page.title()).toBe('Goal Agent');
      expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    }
  });
});
