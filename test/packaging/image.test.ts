import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-image-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const dockerfile = readFileSync(path.join(root, 'deploy/Dockerfile'), 'utf8');
const copied = [...dockerfile.matchAll(/^COPY --from=build \/build\/(\S+) /gm)].map(([, name]) => name as string);

test('the image has every folder of the package that the program reads', () => {
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(path.join(root, 'src', file), 'utf8'));
  const read = sources.flatMap((text) => [...text.matchAll(/new URL\('\.\.\/\.\.\/([\w-]+)/g)].map(([, name]) => name));
  expect(read.length).toBeGreaterThan(2);
  expect(copied).toEqual(expect.arrayContaining(read));
});

test('the program starts from what is in the image alone', () => {
  for (const name of copied) cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  const home = path.join(folder, 'home');
  mkdirSync(home);
  const program = path.join(folder, 'dist/main/goal-agent.js');
  const env = { PATH: process.env.PATH, GOAL_AGENT_HOME: home, GOAL_AGENT_HOST: '0.0.0.0' };
  const { status, stderr } = spawnSync(process.execPath, [program, 'serve'], { cwd: home, env, encoding: 'utf8' });
  // all of it was loaded before the address was looked at
  expect(stderr).toMatch(/^error: The service would listen on 0\.0\.0\.0, .*GOAL_AGENT_PUBLIC_URL/);
  expect(status).not.toBe(0);
});
