// Draws each screen of the board in both themes and two widths, into docs/screenshots: npm run screenshots [name …]
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import flags from '../test/support/chromium-flags.json' with { type: 'json' };
import { tellStory } from './screenshots/story.mjs';

const wanted = process.argv.slice(2);
const folder = 'docs/screenshots';
const home = await mkdtemp(join(tmpdir(), 'goal-agent-screenshots-'));
const service = spawn(process.execPath, ['dist/main/goal-agent.js', 'serve', '--port', '0'], {
  env: { PATH: process.env.PATH, HOME: home, GOAL_AGENT_HOME: home },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const url = await address();
  const token = (await readFile(join(home, 'local-token'), 'utf8')).trim();
  const call = (method, path, body, agent) => request(`${url}/api/v1${path}`, { method, body, token, agent });
  const { main, large } = await tellStory(call);
  await mkdir(folder, { recursive: true });
  await draw(url, screens(main, large), () => call('POST', '/session/codes', { name: 'anna' }));
} finally {
  service.kill('SIGTERM');
  await new Promise((resolve) => service.once('exit', resolve));
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

function screens({ goal, task }, large) {
  return [
    { name: 'goals', path: '/?status=all' },
    { name: 'goal', path: `/goals/${goal}` },
    { name: 'task', path: `/goals/${goal}?task=${task}` },
    { name: 'graph', path: `/goals/${large.goal}/graph` },
    { name: 'details', path: `/goals/${goal}/details` },
    { name: 'plan', path: `/goals/${goal}/plan` },
    { name: 'now', path: '/now' },
    { name: 'history', path: '/history' },
    { name: 'palette', path: `/goals/${goal}`, act: (page) => page.keyboard.press('k') },
    { name: 'checklist', path: `/goals/${goal}`, act: writeChecklist },
  ].filter(({ name }) => wanted.length === 0 || wanted.includes(name));
}

async function writeChecklist(page) {
  await page.keyboard.press('k');
  await page.keyboard.type('Paste');
  await page.keyboard.press('Enter');
  await page
    .locator('.break-down textarea')
    .fill(
      '- [ ] Support passkeys !high\n  - [ ] Store the public keys (4h) {#keys}\n  - [ ] Registration page (1d) after: keys\n  - [x] Read the specification\n1. Try it with ten people (2d)\n2. Write down what they said (2h)\n',
    );
}

/** A quarter of the size of a PNG. */
async function webpOf(context, page) {
  const session = await context.newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  await session.detach();
  return Buffer.from(data, 'base64');
}

async function draw(url, list, newCode) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: flags,
  });
  for (const colorScheme of ['light', 'dark']) {
    for (const [width, height] of [
      [390, 780],
      [1440, 840],
    ]) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height }, reducedMotion: 'reduce' });
      const page = await context.newPage();
      const { code } = await newCode();
      await page.goto(`${url}/#code=${code}`);
      await page.locator('.goal-row').first().waitFor();
      for (const { name, path, act } of list) {
        await page.goto(url + path);
        await page
          .locator('.goal-row, .card, .drawer-body, .node, .bar-row, .details, .now-row, .operation')
          .filter({ visible: true })
          .first()
          .waitFor();
        await act?.(page);
        await page.waitForTimeout(450);
        await writeFile(`${folder}/${name}-${colorScheme}-${width}.webp`, await webpOf(context, page));
      }
      await context.close();
    }
  }
  await browser.close();
}

/** The URL that the service says it listens on. */
function address() {
  return new Promise((resolve, reject) => {
    let said = '';
    service.stdout.on('data', (chunk) => {
      said += chunk;
      const url = /listens on (http:\/\/\S+):/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    service.once('exit', () => reject(new Error('the service did not start')));
  });
}

async function request(url, { method, body, token, agent }) {
  const headers = {
    authorization: `Bearer ${token}`,
    'x-agent-name': agent ?? 'anna',
    'content-type': 'application/json',
  };
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
