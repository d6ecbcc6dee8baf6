import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { aFolder, giveAway, ordinary, root, run } from './support.ts';

const folder = aFolder();
const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--silent'];

it('installs from its tarball without scripts, and an ordinary user makes a goal', { timeout: 180_000 }, async () => {
  const { stdout: packed } = await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
  });
  const prefix = path.join(folder, 'prefix');
  mkdirSync(path.join(folder, 'home'));
  await run('npm', ['install', '--global', '--prefix', prefix, ...quiet, path.join(folder, packed.trim())], {
    cwd: folder,
  });
  giveAway(folder);
  const env = {
    PATH: `${path.dirname(process.execPath)}:${path.join(prefix, 'bin')}`,
    HOME: path.join(folder, 'home'),
  };
  const asUser = (...args: string[]) => run('goal-agent', args, { cwd: env.HOME, env, ...ordinary });
  expect((await asUser('goal', 'add', 'a goal of an ordinary user')).stdout).toContain('GOAL-0001');
  expect((await asUser('goal', 'list')).stdout).toContain('a goal of an ordinary user');
  expect((await run('mcpctl', ['--version'], { env, cwd: env.HOME, ...ordinary })).stdout).toMatch(/^\d+\.\d+/);
});
