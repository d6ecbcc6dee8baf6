import { describe, expect, test } from 'vitest';
import { aBrowser, aPage, axeFindings, chromiumPath } from '../support/browser.ts';
import { aDatabase } from '../support/database.ts';
import { runProgram } from '../support/run-program.ts';
import { aService } from '../support/service-process.ts';
import { workOf } from './support.ts';

describe.skipIf(chromiumPath === undefined)('the screens of the board', async () => {
  const service = await aService({ database: await aDatabase() });
  const browser = await aBrowser();
  const { aGoal, tasks, call, setStatus } = workOf(service);
  const goal = await aGoal('Sign in with a passkey', { priority: 'high', repos: ['api'] });
  const [read = '', build = '', page1 = '', ship = ''] = await tasks(
    goal,
    { description: 'Read', key: 'r', estimated_effort: '2h' },
    { description: 'Build', key: 'b', dependencies: ['r'], estimated_effort: '1d', priority: 'high' },
    { description: 'Draw the page', key: 'p', dependencies: ['r'], priority: 'low' },
    { description: 'Ship', dependencies: ['b', 'p'] },
  );
  await setStatus(read, 'completed', 'codex-1');
  await call('POST', '/claims', { task_ids: [build] }, 'codex-1');
  await setStatus(page1, 'blocked', 'codex-1');
  await call('POST', `/tasks/${build}/notes`, { text: 'A note' });
  await call('PATCH', `/tasks/${build}`, { description: 'Build https://example.com/spec' });

  const whole = await aGoal('Sign-in without passwords');
  const part = await aGoal('Recovery', { parent_goal_id: whole });
  await tasks(part, 'Send a code');

  const screens: [string, string][] = [
    ['/?status=all', '.goal-row'],
    [`/goals/${goal}`, '.card'],
    [`/goals/${goal}?task=${build}`, '.drawer-body .notes article'],
    [`/goals/${goal}/graph`, '.node'],
    [`/goals/${goal}/plan`, '.bar-row'],
    [`/goals/${goal}/details`, '.details .fields'],
    [`/goals/${goal}/history`, '.operation'],
    [`/goals/${whole}`, '.sub-goals a'],
    [`/goals/${part}/details`, '.breadcrumb a'],
    ['/now', '.now-row'],
    ['/history', '.operation'],
    ['/goals/GOAL-9999', '.empty'],
  ];

  test.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)(
    'axe finds nothing on any screen in the %s theme, %i pixels wide',
    { timeout: 120_000 },
    async (colorScheme, width) => {
      const page = await aPage(browser, service, { colorScheme, viewport: { width, height: 800 } });
      for (const [route, shown] of screens) {
        await page.goto(service.url + route);
        await page.locator(shown).filter({ visible: true }).first().waitFor();
        expect(await axeFindings(page), route).toEqual([]);
      }
      for (const key of ['k', '?']) {
        await page.goto(`${service.url}/goals/${goal}`);
        await page.locator('.card').filter({ visible: true }).first().waitFor();
        await page.keyboard.press(key);
        await page.locator('dialog').waitFor();
        expect(await axeFindings(page), key).toEqual([]);
      }
      const stranger = await (await browser.newContext({ colorScheme })).newPage();
      await stranger.goto(service.url);
      await stranger.locator('.sign-in').waitFor();
      expect(await axeFindings(stranger)).toEqual([]);
      await stranger.context().close();
    },
  );

  test('nothing is wider than a small phone', async () => {
    const page = await aPage(browser, service, { viewport: { width: 360, height: 740 } });
    for (const [route, shown] of screens) {
      await page.goto(service.url + route);
      await page.locator(shown).filter({ visible: true }).first().waitFor();
      const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]');
      expect(widths, route).toEqual([360, 360]);
    }
  });

  test('a sub-goal stands under its parent, folds with it, and is moved by a search, with undo', async () => {
    const page = await aPage(browser, service);
    const row = (id: string) => page.locator('.goal-row', { hasText: id });
    await row(part).waitFor();
    const left = (id: string) =>
      row(id)
        .locator('.title')
        .evaluate((title) => title.getBoundingClientRect().left);
    expect(await left(part)).toBeGreaterThan(await left(whole));
    expect(await row(whole).locator('.progress .count').textContent()).toBe('0/1');
    const fold = row(whole).getByRole('button', { name: `Sub-goals of ${whole}` });
    await fold.focus();
    await page.keyboard.press('Enter');
    await row(part).waitFor({ state: 'detached' });
    expect(await fold.getAttribute('aria-expanded')).toBe('false');
    await row(whole).locator('.title').click();
    await page.locator('.sub-goals a', { hasText: 'Recovery' }).click();
    await page.locator('.breadcrumb a', { hasText: 'Sign-in without passwords' }).waitFor();
    await page.locator('.tabs a', { hasText: 'Details' }).click();
    await page.getByLabel('Move under a goal').fill('passkey');
    await page.locator('.parent-field .found-tasks button', { hasText: goal }).waitFor();
    await page.getByLabel('Move under a goal').press('Enter');
    await page.locator('.breadcrumb a', { hasText: 'Sign in with a passkey' }).waitFor();
    expect((await call('GET', `/goals/${part}`)).parent_goal_id).toBe(goal);
    await page
      .locator('.toast', { hasText: `${part} is a part of ${goal}.` })
      .getByRole('button', { name: 'Undo' })
      .click();
    await page.locator('.breadcrumb a', { hasText: 'Sign-in without passwords' }).waitFor();
    await page.goto(`${service.url}/goals/${whole}/details`);
    await page.getByLabel('Move under a goal').fill('recovery');
    await page.locator('.parent-field .found-tasks button', { hasText: part }).click();
    await page.locator('.parent-field .error', { hasText: `${whole} → ${part} → ${whole}` }).waitFor();
    await page.getByLabel('Add a sub-goal').fill('Devices');
    await page.getByLabel('Add a sub-goal').press('Enter');
    await page.locator('.sub-goals a', { hasText: 'Devices' }).waitFor();
  });

  test('a goal is saved as a template, and a new goal made of it with its parameters, with undo', async () => {
    const page = await aPage(browser, service);
    await page.goto(`${service.url}/goals/${goal}/details`);
    await page.getByLabel('Save as a template named').fill('a name');
    await page.getByLabel('Save as a template named').press('Enter');
    await page.locator('.new-sub-goal .error', { hasText: 'name of a template' }).waitFor();
    await page.getByLabel('Save as a template named').fill('passkey');
    await page.getByLabel('Save as a template named').press('Enter');
    await page.locator('.toast', { hasText: 'passkey is saved' }).waitFor();
    const release = { description: 'Release {{version}}', tasks: [{ description: 'Tag {{version}} on {{date}}' }] };
    await call('PUT', '/templates/release', { template: release });

    await page.goto(`${service.url}/`);
    await page.getByRole('button', { name: 'New goal' }).click();
    await page.getByLabel('Template').selectOption('release');
    await page.locator('.new-goal p', { hasText: 'Release {{version}}: 1 task' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByLabel('version').fill('3.1');
    await page.getByLabel('version').press('Enter');
    await page.locator('.card', { hasText: 'Tag 3.1 on' }).waitFor();
    await page.locator('.toast', { hasText: 'is created' }).getByRole('button').first().click();
    await page.locator('.empty').waitFor();
  });

  test('the graph lights what a task needs and what needs it', async () => {
    const page = await aPage(browser, service, { route: `/goals/${goal}/graph` });
    await page.locator(`.node[data-opens="${build}"]`).hover();
    await expect
      .poll(() =>
        page.locator('.node.lit').evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-opens'))),
      )
      .toEqual([read, build, ship]);
    expect(await page.locator('.node.critical').count()).toBe(2);
    await page.locator(`.node[data-opens="${ship}"]`).focus();
    await page.keyboard.press('Enter');
    await page.locator('.drawer h2', { hasText: 'Ship' }).waitFor();
  });

  test('the plan has a bar for each task that is left, behind what it needs', async () => {
    const page = await aPage(browser, service, { route: `/goals/${goal}/plan` });
    await page.locator('.bar-row').nth(2).waitFor();
    expect(await page.locator('.phase').allTextContents()).toEqual(['Phase 1 2', 'Phase 2 1']);
    const left = (name: string) =>
      page
        .locator('.bar-row', { hasText: name })
        .locator('.bar')
        .evaluate((bar) => bar.getBoundingClientRect().left);
    expect(await left('Ship')).toBeGreaterThan(await left('Build'));
  });

  test('an operation is shown before it is taken back, and so is all that an agent did', async () => {
    const other = await aGoal('Undo');
    const [task = ''] = await tasks(other, 'Delete me');
    await call('DELETE', `/tasks/${task}`, undefined, 'rogue');
    const page = await aPage(browser, service, { route: '/history' });
    await page.locator('.operation', { hasText: 'rogue' }).getByRole('button', { name: 'Undo…' }).click();
    await page.locator('.changes', { hasText: 'deleted "Delete me"' }).waitFor();
    await page.getByRole('button', { name: 'Take it back' }).click();
    await page.locator('.toast', { hasText: 'Undone.' }).waitFor();
    expect((await call('GET', `/tasks/${task}`)).status).toBe('pending');
    await setStatus(task, 'failed', 'rogue');
    await call('POST', `/tasks/${task}/notes`, { text: 'Nonsense' }, 'rogue');
    await page.getByRole('button', { name: 'Undo all of an agent…' }).click();
    await page.getByLabel('Agent', { exact: true }).fill('rogue');
    await page.getByRole('button', { name: 'Look' }).click();
    await page.locator('.changes', { hasText: 'noted "Nonsense"' }).waitFor();
    await page.getByRole('button', { name: 'Take it back' }).click();
    await expect.poll(async () => (await call('GET', `/tasks/${task}`)).status).toBe('pending');
  });

  test('the preview of an undo says beforehand what is in the way', async () => {
    const [task = ''] = await tasks(await aGoal('In the way'), 'Changed twice');
    await call('PATCH', `/tasks/${task}`, { priority: 'high' }, 'eager');
    await call('PATCH', `/tasks/${task}`, { repo: 'api' }, 'careful');
    const page = await aPage(browser, service, { route: '/history' });
    await page.locator('.operation', { hasText: 'eager' }).getByRole('button', { name: 'Undo…' }).click();
    await page.locator('dialog .error', { hasText: 'would refuse this now' }).waitFor();
    expect(await page.getByRole('button', { name: 'Take it back' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Undo all of an agent…' }).click();
    await page.getByLabel('Agent', { exact: true }).fill('eager');
    await page.getByRole('button', { name: 'Look' }).click();
    await page.locator('dialog .error', { hasText: 'careful' }).waitFor();
  });

  test.each([
    ['k', '/'],
    ['c', '/'],
    ['c', '/goals'],
  ])('what is typed right after %s is in the field that it opens (%s)', async (key, route) => {
    const page = await aPage(browser, service, { route: route === '/' ? route : `/goals/${goal}` });
    await page
      .locator(route === '/' ? '.goal-row' : '.card')
      .first()
      .waitFor();
    const focused = () => page.evaluate<string>('document.activeElement.tagName');
    // the browser need not draw a frame between two keys
    const afterKey = () =>
      page.evaluate<string>(`
        document.dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', bubbles: true }));
        new Promise((resolve) => setTimeout(resolve)).then(() => document.activeElement.tagName)`);
    expect(await afterKey()).toBe('INPUT');
    await page.keyboard.press('Escape');
    await expect.poll(focused).not.toBe('INPUT');
    expect(await afterKey()).toBe('INPUT');
  });

  test('the palette goes anywhere and finds tasks', async () => {
    const page = await aPage(browser, service);
    await page.locator('.goal-row').first().waitFor();
    await page.keyboard.press('k');
    await page.keyboard.type('draw the page');
    await page.locator('[role=option]', { hasText: page1 }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.drawer h2', { hasText: 'Draw the page' }).waitFor();
    await page.keyboard.press('Escape');
    await call('PATCH', `/tasks/${page1}`, { due_at: '2020-01-02' });
    await call('POST', '/resources', { names: ['src/auth/**'], agent: 'codex-9' });
    await page.keyboard.press('g');
    await page.keyboard.press('n');
    await page.locator('.now-screen .agent', { hasText: 'codex-1' }).waitFor();
    await page
      .locator('.now-screen .agent', { hasText: 'codex-9' })
      .locator('.now-row', { hasText: 'src/auth/**' })
      .waitFor();
    await page.locator('.panel', { hasText: 'Due within a week' }).locator('.now-row .due.late').waitFor();
    await call('PATCH', `/tasks/${page1}`, { due_at: '' });
    await page.locator('.panel', { hasText: 'Due within a week' }).waitFor({ state: 'detached' });
  });

  test('a goal of 10,000 tasks opens in about a second, and its columns scroll', async () => {
    const large = await aGoal('Large');
    for (let from = 0; from < 10_000; from += 1_000) {
      const some = Array.from({ length: 1_000 }, (_, place) => `Task ${from + place}`);
      await call('POST', `/goals/${large}/tasks`, { subtasks: some.map((description) => ({ description })) });
    }
    const page = await aPage(browser, service);
    await page.locator('.goal-row').first().waitFor();
    const started = performance.now();
    await page.locator('.goal-row', { hasText: 'Large' }).locator('.title').click();
    await page.locator('.column.ready .card').first().waitFor();
    expect(performance.now() - started).toBeLessThan(5_000); // under a second where nothing else runs
    expect(await page.locator('.card').count()).toBeLessThan(60);
    await page.locator('.column.ready .list').evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await page.locator('.card', { hasText: 'Task 9999' }).waitFor();
    await page.locator('.tabs a', { hasText: 'Graph' }).click();
    await page.locator('.node').first().waitFor();
    await page.locator('.tabs a', { hasText: 'Plan' }).click();
    await page.locator('.bar-row').first().waitFor();
  });

  test('goal-agent dashboard prints a link that signs in, once', async () => {
    const { out } = await runProgram(['dashboard', '--no-open'], service.home, {
      GOAL_AGENT_HOME: service.home,
    });
    const [link = ''] = /http:\S+#code=\S+/.exec(out) ?? [];
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(link);
    await page.locator('.goal-row').first().waitFor();
    expect(page.url()).not.toContain('code');
    // the next time, the page does not wait to hear who is signed in
    await page.route('**/api/v1/session', () => {});
    await page.reload();
    await page.locator('.goal-row').first().waitFor();
    await page.getByRole('button', { name: 'New goal' }).waitFor();
    await page.unroute('**/api/v1/session');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('.sign-in').waitFor();
    await page.goto('about:blank');
    await page.goto(link);
    await page.locator('.sign-in').waitFor();
    await page.getByLabel('Token').fill('gat_1_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.error', { hasText: 'not known' }).waitFor();
    const { secret } = await call('POST', '/tokens', { name: 'looks', role: 'reader' });
    await page.getByLabel('Token').fill(secret);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.badge', { hasText: 'reader' }).waitFor();
    await page.goto(`${service.url}/goals/${goal}?task=${build}`);
    await page.locator('.drawer-body .notes article').waitFor();
    // the theme, the help and the way out are all that a reader may press beside what shows something
    expect(await page.locator('main :is(select, textarea, input, [role=button])').count()).toBe(0);
    expect(await page.locator('main button').evaluateAll((all) => all.map((each) => each.className))).toEqual(
      expect.not.arrayContaining(['primary', 'danger', 'plain']),
    );
    await context.close();
  });
});
