import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { aBrowser, aPage, chromiumPath } from '../support/browser.ts';
import { aDatabase } from '../support/database.ts';
import { aService, aServiceForTest } from '../support/service-process.ts';
import { workOf } from './support.ts';

describe.skipIf(chromiumPath === undefined)('the board hears of changes', async () => {
  const database = await aDatabase();
  const service = await aService({ database });
  const browser = await aBrowser();
  const { aGoal, tasks, call, setStatus, statusOf } = workOf(service);

  test('a change by any process is on two pages within a second, and the focus and what one types stay', async () => {
    const goal = await aGoal('Live');
    const [one = '', two = ''] = await tasks(goal, 'One', 'Two');
    const other = await aServiceForTest({ database, home: service.home });
    const first = await aPage(browser, service, { route: `/goals/${goal}?task=${one}` });
    const second = await aPage(browser, other, { route: `/goals/${goal}`, name: 'ben' });
    const note = first.getByPlaceholder('A finding, a decision or a question');
    await note.fill('Half a thou');
    await second.locator('.card').first().waitFor();
    const started = performance.now();
    await setStatus(two, 'completed', 'codex-1');
    await Promise.all([first, second].map((page) => page.locator(`.column.done .card[data-task="${two}"]`).waitFor()));
    expect(performance.now() - started).toBeLessThan(4_000); // a second, and what a busy machine adds
    expect(await second.locator(`.card[data-task="${two}"]`).textContent()).toContain('changed by codex-1');
    await first.keyboard.type('ght');
    expect(await note.inputValue()).toBe('Half a thought');
    const [added = ''] = await tasks(goal, 'Three');
    await first.locator(`.column.ready .card[data-task="${added}"]`).waitFor();
    await call('DELETE', `/tasks/${added}`);
    await first.locator(`.card[data-task="${added}"]`).waitFor({ state: 'detached' });
    await call('POST', '/claims', { task_ids: [one], lease_seconds: 600 }, 'claude-1');
    await first.locator('.fields .held', { hasText: 'claude-1' }).waitFor();
    expect(await first.locator('.fields .lease').textContent()).toMatch(/^(?:10:00|9:5\d) left$/);
    await call('PATCH', `/goals/${goal}`, { description: 'Live and renamed' });
    await second.locator('h1', { hasText: 'Live and renamed' }).waitFor();
  });

  test('a lost service shows, a drop meanwhile is taken back with words, and nothing is missed', async () => {
    const port = String(await freePort());
    const own = await aServiceForTest({
      database,
      home: service.home,
      env: { GOAL_AGENT_PORT: port },
      args: ['--port', port],
    });
    const goal = await aGoal('Lost');
    const [one = '', two = ''] = await tasks(goal, 'One', 'Two');
    const page = await aPage(browser, own, { route: `/goals/${goal}` });
    await page.locator('.card').nth(1).waitFor();
    // a connection that nobody ends and that says nothing
    await page.clock.install();
    await call('PATCH', `/goals/${goal}`, { description: 'Lost and found' });
    await page.locator('h1', { hasText: 'Lost and found' }).waitFor();
    own.kill('SIGSTOP');
    await page.clock.fastForward(45_000);
    await page.locator('.offline').waitFor();
    own.kill('SIGCONT');
    await page.locator('.offline').waitFor({ state: 'detached' });
    await page.clock.resume();
    own.kill('SIGKILL');
    await own.exited;
    await page.locator('.offline').waitFor();
    await page.locator(`.card[data-task="${one}"]`).dragTo(page.locator('.column.working'));
    await page.locator('.toast.error', { hasText: 'cannot be reached' }).waitFor();
    await page.locator(`.column.ready .card[data-task="${one}"]`).waitFor();
    await setStatus(two, 'completed');
    // the first read after that meets a service that cannot answer yet
    await page.route('**/board/goals/*', (route) => route.fulfill({ status: 503 }), { times: 1 });
    await aServiceForTest({ database, home: service.home, args: ['--port', port] });
    await page.locator(`.column.done .card[data-task="${two}"]`).waitFor();
    await page.locator('.offline').waitFor({ state: 'detached' });
    expect(await statusOf(one)).toBe('pending');
  });

  test('a list of goals follows the work', async () => {
    const page = await aPage(browser, service);
    const goal = await aGoal('Followed');
    const [task = ''] = await tasks(goal, 'One', 'Two');
    const row = page.locator('.goal-row', { hasText: 'Followed' });
    await call('POST', '/claims', { task_ids: [task] }, 'codex-9');
    await expect.poll(() => row.textContent()).toContain('codex-9');
    await setStatus(task, 'completed', 'codex-9');
    await expect.poll(() => row.textContent()).toContain('1/2');
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
