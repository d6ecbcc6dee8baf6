import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { aDatabase } from './support/database.ts';
import { environmentOf } from './support/server-process.ts';
import { aServiceForTest } from './support/service-process.ts';

const run = promisify(execFile);
const folder = path.resolve(import.meta.dirname, '../examples');
const home = mkdtempSync(path.join(tmpdir(), 'goal-agent-examples-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Runs an example as its first lines say; what it prints. */
async function example(name: string, env: Record<string, string>): Promise<string> {
  const { stdout } = await run(process.execPath, [path.join(folder, name)], {
    cwd: home,
    env: { PATH: process.env.PATH ?? '', GOAL_AGENT_HOME: home, ...env },
  });
  return stdout;
}

const printed: Record<string, RegExp[]> = {
  'day.mjs': [/Nothing is stored/, /TASK-0001 is done; ready now: TASK-0002\./, /GOAL-0001 is completed\./],
  'team.mjs': [/12 of 12 pages, each by one agent; 12 are completed, GOAL-0001 is completed\./],
  'hand-over.mjs': [
    /second goes on with TASK-0001: Copied January to June/,
    /first came back late and was refused: .*claimed by second/,
    /GOAL-0001 is completed\./,
  ],
  'planner.mjs': [/2 phases; critical path: TASK-0002, TASK-0003\n/, /3 of 3 tasks completed\n# GOAL-0001: /],
};

it.concurrent.each(Object.entries(printed))('%s does what it says', async (name, lines) => {
  const output = await example(name, environmentOf(await aDatabase()));
  for (const line of lines) expect(output).toMatch(line);
});

it('rest.mjs does what it says, and does it again', async () => {
  const { url, localToken } = await aServiceForTest({ database: await aDatabase() });
  const env = { GOAL_AGENT_URL: url, GOAL_AGENT_TOKEN: localToken };
  expect(await example('rest.mjs', env)).toBe(
    'opened TASK-0001 in GOAL-0001\nnote 1\nnote 1\nTASK-0001 is completed\n',
  );
  expect(await example('rest.mjs', env)).toMatch(/^opened TASK-0002 in GOAL-0001\n/);
});

it('every example is run here', () => {
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.mjs') && name !== 'connect.mjs');
  expect(scripts.sort()).toEqual([...Object.keys(printed), 'rest.mjs'].sort());
});
