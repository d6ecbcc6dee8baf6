import { describe, expect, test } from 'vitest';
import { routes } from '../../src/http/rest/routes.ts';
import { toolRoutes } from '../../src/web/transport/client/routes.ts';
import { aBrowser, axeFindings, chromiumPath } from '../support/browser.ts';
import { aDatabase } from '../support/database.ts';
import { aServer } from '../support/server-process.ts';
import { aHost } from './host.ts';

test('the board asks for the same tools inside a client as over HTTP', () => {
  for (const { method, path, tool } of toolRoutes) {
    expect(routes).toContainEqual(expect.objectContaining({ method: method.toLowerCase(), path, tool }));
  }
});

describe.skipIf(chromiumPath === undefined)('the board inside a client', async () => {
  const database = await aDatabase();
  const { call } = await aServer({ database, clientName: 'codex' });
  const browser = await aBrowser();
  const show = await aHost(browser, database);
  const { answer: goal } = await call('create_goal', { description: 'Sign in with a passkey', repos: ['api'] });
  const goal_id = String(goal.id);
  await call('break_down_goal', {
    goal_id,
    subtasks: [
      { description: 'Read', key: 'r', estimated_effort: '2h' },
      { description: 'Build', key: 'b', dependencies: ['r'], priority: 'high' },
      { description: 'Ship <b>it</b>, see https://example.com/x', dependencies: ['b'] },
    ],
  });
  const [read, build, ship] = ['TASK-0001', 'TASK-0002', 'TASK-0003'] as const;
  const card = (id: string) => `.card[data-task="${id}"]`;
  const statusOf = async (id: string) => (await call('get_task', { task_id: id })).answer.status;

  test('get_goal shows the goal: a person moves, edits and takes back, and sees what agents do', async () => {
    const { page, frame } = await show('get_goal', { goal_id });
    await frame.locator(`.column.waiting ${card(build)}`).waitFor();
    expect(await page.locator('iframe').evaluate((each) => each.getBoundingClientRect().height)).toBe(600);
    expect(await frame.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
    await frame.locator(card(read)).dragTo(frame.locator('.column.done'));
    await frame.locator(`.column.done ${card(read)}`).waitFor();
    await expect.poll(() => statusOf(read)).toBe('completed');
    await frame.locator('.toast').getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => statusOf(read)).toBe('pending');
    await call('update_task_status', { task_id: read, status: 'completed' });
    await frame.locator(`.column.ready ${card(build)}`).waitFor();
    await call('claim_tasks', { task_ids: [build] });
    await frame.locator(`.column.working ${card(build)}`, { hasText: 'codex' }).waitFor();
    await frame.locator(`${card(ship)} a`).click();
    const drawer = frame.locator('.drawer');
    await drawer.getByRole('button', { name: /^Effort:/ }).click();
    await drawer.getByLabel('Effort', { exact: true }).fill('3h');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await call('get_task', { task_id: ship })).answer.estimated_effort).toBe('3h');
    await drawer.getByPlaceholder('A finding, a decision or a question').fill('From inside');
    await page.keyboard.press('Control+Enter');
    await drawer.locator('.notes', { hasText: 'From inside' }).waitFor();
    await drawer.getByRole('link', { name: 'https://example.com/x' }).click();
    await expect.poll(() => page.evaluate('opened')).toEqual(['https://example.com/x']);
    expect(await axeFindings(frame)).toEqual([]);
  });

  test('of an agent and a person who edit one field, the person is told and shown both', async () => {
    const { page, frame } = await show('get_goal', { goal_id });
    await frame.locator(`${card(ship)} a`).click();
    await frame
      .locator('.drawer')
      .getByRole('button', { name: /^Description:/ })
      .press('Enter');
    await frame.locator('.drawer').getByLabel('Description', { exact: true }).fill('Mine');
    await call('update_task', { task_id: ship, description: 'Theirs' });
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => frame.locator('.conflict dd').allTextContents()).toEqual(['Theirs', 'Mine']);
    await frame.getByRole('button', { name: 'Save mine' }).click();
    await expect.poll(async () => (await call('get_task', { task_id: ship })).answer.description).toBe('Mine');
  });

  test('a plan is shown as a plan, and a briefing as what happens now', async () => {
    const plan = await show('generate_execution_plan', { goal_id }, { context: { theme: 'dark' }, width: 400 });
    await plan.frame.locator('.bar-row').first().waitFor();
    expect(await plan.frame.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    expect(await axeFindings(plan.frame)).toEqual([]);
    const displays = { availableDisplayModes: ['inline', 'fullscreen'] };
    const { page, frame } = await show('get_briefing', {}, { context: displays });
    await frame.locator('.now-row', { hasText: build }).waitFor();
    await frame.locator('.panel', { hasText: 'Finished' }).locator('.now-row', { hasText: read }).waitFor();
    await frame.getByRole('button', { name: 'Show large' }).click();
    await page.locator('iframe.fullscreen').waitFor();
    await frame.getByRole('button', { name: 'Show in the conversation' }).waitFor();
    await frame.getByRole('link', { name: 'History' }).click();
    await frame.locator('.operation', { hasText: 'created' }).first().waitFor();
    await frame.getByRole('button', { name: 'Undo…' }).first().click();
    await frame.locator('.changes li').first().waitFor();
    expect(await axeFindings(frame)).toEqual([]);
    await page.keyboard.press('Escape');
    await frame
      .locator('.operation', { hasText: /created.*Read/ })
      .getByRole('button', { name: 'Undo…' })
      .click();
    await frame.locator('dialog .error', { hasText: 'would refuse this now' }).waitFor();
    expect(await frame.getByRole('button', { name: 'Take it back' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await frame.getByRole('link', { name: 'Goals', exact: true }).click();
    await frame.locator('.goal-row', { hasText: 'Sign in with a passkey' }).locator('.title').click();
    await frame.locator('.card').first().waitFor();
  });

  test('a server that ends shows, and nothing is missed when it is back', async () => {
    const { frame, stop, go } = await show('get_goal', { goal_id });
    await frame.locator(card(ship)).waitFor();
    stop();
    await frame.locator('.offline').waitFor();
    await call('update_task', { task_id: ship, description: 'Meanwhile' });
    go();
    await frame.locator(card(ship), { hasText: 'Meanwhile' }).waitFor();
    await frame.locator('.offline').waitFor({ state: 'detached' });
  });

  test('what could not be read while the server was away is read when it is back', async () => {
    const { frame, stop, go } = await show('get_goal', { goal_id });
    await frame.locator(card(ship)).waitFor();
    // the first look is over: the page was connected
    await frame.locator('.offline').waitFor({ state: 'detached' });
    stop();
    await frame.locator('.offline').waitFor();
    await frame.getByRole('link', { name: 'Goals', exact: true }).click();
    await frame.getByRole('button', { name: 'Try again' }).waitFor();
    go();
    await frame.locator('.goal-row', { hasText: 'Sign in with a passkey' }).waitFor();
  });
});
