import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { breakDownGoal } from '../src/service/break-down-goal.ts';
import { createGoal } from '../src/service/goals.ts';
import { aSubtask } from '../test/support/builders.ts';
import flags from '../test/support/chromium-flags.json' with { type: 'json' };
import { median, ms, quantile, table } from './measure.ts';
import { aService, type Service } from './service.ts';
import type { Setting } from './setting.ts';

const web = fileURLToPath(new URL('../web/', import.meta.url));
const chromiumPath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);
const paints = 20;
const openings = 10;
const dragMs = 4_000;

/** The board in real Chromium, without a graphics card: its size, its first paint, frames of a drag, a goal of 10,000 tasks. */
export async function benchBoard(setting: Setting, print: (line: string) => void): Promise<void> {
  if (chromiumPath === undefined) return print('board: no Chromium; CHROMIUM names one');
  print(`first load, brotli: ${kilobytes(firstLoad())} KB; the graph, when it is looked at: ${kilobytes(graph())} KB`);
  const thousand = await aGoalOf(setting, 'A goal of 1,000 tasks', 1_000);
  await aGoalOf(setting, 'A goal of 10,000 tasks', 10_000);
  const service = await aService(setting.home);
  const browser = await chromium.launch({ executablePath: chromiumPath, args: flags });
  try {
    const rows: (string | number)[][] = [['ms', 'p50', 'p99']];
    const { painted, shown } = await firstPaints(browser, service);
    rows.push(['first contentful paint, nothing in the cache', ...cells(painted)]);
    rows.push(['until the first goals are there', ...cells(shown)]);
    rows.push([
      'a goal of 10,000 tasks, from the click to its first cards',
      ...cells(await goalOpenings(browser, service)),
    ]);
    table(rows, print);
    print(await dragged(browser, service, `/goals/${thousand}`));
  } finally {
    await browser.close();
    await service.stop();
  }
}

async function aGoalOf({ call }: Setting, description: string, count: number): Promise<string> {
  const { id } = await createGoal(call, { description, priority: 'medium', repos: [], metadata: {} });
  for (let from = 0; from < count; from += 1_000) {
    const subtasks = Array.from({ length: Math.min(1_000, count - from) }, (_, place) =>
      aSubtask({ description: `Task ${from + place} with a description of some words` }),
    );
    await breakDownGoal(call, id, subtasks);
  }
  return id;
}

const sizeOf = (fits: (name: string) => boolean) =>
  readdirSync(web, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.br') && fits(name))
    .reduce((sum, name) => sum + statSync(web + name).size, 0);
const firstLoad = () => sizeOf((name) => !name.includes('graph'));
const graph = () => sizeOf((name) => name.includes('graph'));
const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);

async function signedIn(browser: Browser, { agent, url }: Service, route: string): Promise<[Page, BrowserContext]> {
  const person = agent('bench');
  const { code } = (await person.post('/session/codes', { name: 'bench' })) as { code: string };
  person.end();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${url}${route}#code=${code}`);
  await page.locator('.live:not(.lost)').waitFor();
  return [page, context];
}

/** A browser that was never here, apart from its cookie. */
async function firstPaints(browser: Browser, service: Service): Promise<{ painted: number[]; shown: number[] }> {
  const [, known] = await signedIn(browser, service, '/');
  const cookies = await known.storageState();
  await known.close();
  const painted: number[] = [];
  const shown: number[] = [];
  for (let run = 0; run < paints; run += 1) {
    const context = await browser.newContext({ storageState: cookies, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(`
      const look = () => document.querySelector('.goal-row') ? window.shownAt = performance.now() : requestAnimationFrame(look);
      requestAnimationFrame(look);`);
    await page.goto(service.url);
    await page.locator('.goal-row').first().waitFor();
    painted.push(await page.evaluate<number>("performance.getEntriesByName('first-contentful-paint')[0].startTime"));
    shown.push(await page.evaluate<number>('window.shownAt'));
    await context.close();
  }
  return { painted, shown };
}

async function goalOpenings(browser: Browser, service: Service): Promise<number[]> {
  const [page, context] = await signedIn(browser, service, '/');
  const took: number[] = [];
  for (let run = 0; run < openings; run += 1) {
    // a page that has had the goal would show it as it was
    await page.goto(service.url);
    await page.locator('.goal-row', { hasText: '10,000' }).waitFor();
    // the frame in which the cards are there has been drawn when the next one begins
    const opened = page.evaluate<number>(`new Promise((resolve) => {
      const began = performance.now();
      [...document.querySelectorAll('.goal-row .title')].find((link) => link.textContent.includes('10,000')).click();
      const look = () => requestAnimationFrame(() =>
        document.querySelector('.card') ? requestAnimationFrame(() => resolve(performance.now() - began)) : look());
      look();
    })`);
    took.push(await opened);
  }
  await context.close();
  return took;
}

/** A card on its way over the columns, as the mouse moves; each frame of the page is counted. */
async function dragged(browser: Browser, service: Service, route: string): Promise<string> {
  const [page, context] = await signedIn(browser, service, route);
  await page.locator('.card').first().waitFor();
  await page.locator('.card').first().hover();
  await page.mouse.down();
  await page.mouse.move(400, 300, { steps: 5 });
  await page.evaluate(`
    window.frames_ = [];
    const count = (at) => { window.frames_.push(at); requestAnimationFrame(count); };
    requestAnimationFrame(count);`);
  const until = performance.now() + dragMs;
  for (let move = 0; performance.now() < until; move += 1) {
    await page.mouse.move(200 + ((move * 37) % 1_100), 250 + ((move * 13) % 500));
  }
  const isMoving = await page.locator('.card.moving').count();
  const frames = await page.evaluate<number[]>('window.frames_');
  await page.mouse.up();
  await context.close();
  if (isMoving === 0) throw new Error('no card was on its way');
  const gaps = frames
    .slice(1)
    .map((at, place) => at - (frames[place] ?? at))
    .sort((a, b) => a - b);
  const seconds = ((frames.at(-1) ?? 0) - (frames[0] ?? 0)) / 1000;
  return `a drag over 1,000 tasks: ${(gaps.length / seconds).toFixed(1)} frames a second, one each ${ms(median(gaps))} ms, 99 of 100 within ${ms(quantile(gaps, 0.99))} ms`;
}

function cells(times: number[]): [string, string] {
  const sorted = times.toSorted((a, b) => a - b);
  return [ms(median(sorted)), ms(quantile(sorted, 0.99))];
}
