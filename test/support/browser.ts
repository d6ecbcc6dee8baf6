import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Frame, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { afterFile } from './after-file.ts';
import flags from './chromium-flags.json' with { type: 'json' };
import type { ServiceProcess } from './service-process.ts';

/** The browser of the machine; undefined where there is none. */
export const chromiumPath = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]
  .filter((file) => file !== undefined)
  .find((file) => existsSync(file));

/** One browser for a file's tests, with a profile of its own. */
export async function aBrowser(): Promise<Browser> {
  const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-browser-'));
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? '',
    args: flags,
    env: { ...process.env, HOME: folder },
  });
  afterFile(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return browser;
}

/** A page of the board as a person sees it who has followed the link of `goal-agent dashboard`. */
export async function aPage(
  browser: Browser,
  service: ServiceProcess,
  {
    route = '/',
    name = 'anna',
    person = false,
    ...options
  }: { route?: string; name?: string; person?: boolean } & BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await tellOf(page);
    await context.close();
  });
  page.setDefaultTimeout(15_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) problems.push(message.text());
  });
  onTestFinished(() => expect(problems).toEqual([]));
  const { body } = await service.request('POST', '/api/v1/session/codes', { body: { name, person } });
  await page.goto(`${service.url}${route}#code=${body.code}`);
  await page.locator('.live:not(.lost)').waitFor();
  return page;
}

/** What a page shows at the end of a test that failed. */
async function tellOf(page: Page): Promise<void> {
  const shown = await page.evaluate<string>('document.body.innerText').catch(String);
  process.stderr.write(`${page.url()}\n${shown.slice(0, 3_000)}\n`);
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong with a page, a line each. */
export async function axeFindings(page: Page | Frame): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    // @ts-expect-error axe is not a part of the page
    const { violations } = await globalThis.axe.run(globalThis.document, { resultTypes: ['violations'] });
    return violations.flatMap((each: { id: string; nodes: { html: string; failureSummary: string }[] }) =>
      each.nodes.map(({ html, failureSummary }) => `${each.id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 240)}`),
    );
  });
}
