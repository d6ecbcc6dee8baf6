import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { withValues } from '../../src/machine/env-lines.ts';
import { run } from '../legacy/support/program.ts';
import { aDatabase } from '../support/database.ts';
import { aServiceForTest } from '../support/service-process.ts';

const database = await aDatabase();
const root = mkdtempSync(path.join(tmpdir(), 'goal-agent-schedule-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A home of a test's own, and `goal-agent backup` with it. */
function aHome() {
  const home = mkdtempSync(path.join(root, 'home-'));
  const env = { GOAL_AGENT_HOME: home, HOME: root };
  const backup = (args: string[], more: Record<string, string> = {}) =>
    run(['backup', ...args], database, { env: { ...env, ...more }, cwd: home });
  return { home, file: path.join(home, '.env'), backup };
}

test('a service that runs goes by a new schedule at once, and by none when it is turned off', async () => {
  const { home, file, backup } = aHome();
  const kept = path.join(home, 'my backups');
  const service = await aServiceForTest({ database, home });
  const set = await backup(['--every', '12h', '--keep', '3', 'my backups']);
  expect(set).toMatchObject({ code: 0, stderr: '' });
  expect(set.stdout).toBe(
    [
      `${file.replace(root, '~')}`,
      `  + GOAL_AGENT_BACKUP_DIR='${kept}'`,
      '  + GOAL_AGENT_BACKUP_EVERY=12h',
      '  + GOAL_AGENT_BACKUP_KEEP=3',
      `The service that runs makes a backup in ${kept.replace(root, '~')} every 12h, and keeps the newest 3, from now on.`,
      'To turn it off:  goal-agent backup --every off',
      '',
    ].join('\n'),
  );
  await expect.poll(() => readdirSync(kept), { timeout: 30_000 }).toEqual([expect.stringMatching(/\.backup$/)]);
  await expect.poll(() => service.log(), { timeout: 30_000 }).toContain('was written and verified');
  const again = await backup(['--every', '12h', '--keep', '3', kept, '--json']);
  expect(JSON.parse(again.stdout)).toEqual({
    ...{ schedule: { directory: kept, every_seconds: 43_200, keep: 3 }, file },
    ...{ changed: false, service_told: true },
  });
  // what only this user's programs may ask
  const { status } = await service.request('POST', '/api/v1/backups/reload');
  expect(status).toBe(200);
  const off = await backup(['--every', 'off']);
  expect(off.stdout).toContain('  - GOAL_AGENT_BACKUP_KEEP=3\nThe service makes no backups by itself any more.');
  expect([off.code, readFileSync(file, 'utf8')]).toEqual([0, '']);
  expect(service.log()).toContain('backups: no longer made');
  // a service whose environment says otherwise is told of
  const other = await aHome();
  await aServiceForTest({ database, home: other.home, env: { GOAL_AGENT_BACKUP_DIR: root } });
  const ignored = await other.backup(['--every', '1h', kept]);
  expect([ignored.code, ignored.stderr]).toEqual([1, expect.stringContaining('does not go by them')]);
});

test('without a service the settings are written for its next start', async () => {
  const { home, file, backup } = aHome();
  const before = '# ours\r\nexport GOAL_AGENT_BACKUP_EVERY=1h\r\nPOSTGRES_POOL_SIZE=4\r\nGOAL_AGENT_BACKUP_EVERY=2h';
  const real = path.join(home, 'real.env');
  writeFileSync(real, before, { mode: 0o640 });
  symlinkSync(real, file);
  const { code, stdout } = await backup(['--every', '1d', 'kept']);
  expect(code).toBe(0);
  expect(stdout).toContain('The service makes a backup in ');
  expect(stdout).toContain('It does not run now:  goal-agent start');
  expect(readFileSync(real, 'utf8')).toBe(
    `# ours\r\nGOAL_AGENT_BACKUP_EVERY=1d\r\nPOSTGRES_POOL_SIZE=4\r\nGOAL_AGENT_BACKUP_DIR=${home}/kept\r\nGOAL_AGENT_BACKUP_KEEP=7\r\n`,
  );
  expect(statSync(real).mode & 0o777).toBe(0o640);
  expect(statSync(path.join(home, 'kept')).mode & 0o777).toBe(0o700);
  const shown = JSON.parse((await run(['config', '--json'], database, { env: { GOAL_AGENT_HOME: home } })).stdout);
  const used = shown.settings.find(({ name }: { name: string }) => name === 'GOAL_AGENT_BACKUP_DIR');
  expect(used).toMatchObject({ value: path.join(home, 'kept'), from: file, is_used: true });
});

test('nothing is written where it would not count, or could not be', async () => {
  const { home, file, backup } = aHome();
  writeFileSync(path.join(home, 'in-the-way'), '');
  const elsewhere = { GOAL_AGENT_BACKUP_KEEP: '9' };
  const cases: [string[], number, string, Record<string, string>?][] = [
    [['--every', '1d', 'kept'], 1, 'GOAL_AGENT_BACKUP_KEEP is set in the environment, which counts before', elsewhere],
    [['--every', '1d', 'in-the-way'], 1, 'No backup can be written to'],
    [['--every', '1d'], 2, "missing required argument 'file'"],
    [['--every', 'sometimes', 'kept'], 2, 'Write a time from 1m to 52w'],
    [['--every', '1d', '--keep', '0', 'kept'], 2, 'Write a whole number'],
    [['--keep', '3', 'kept'], 2, '--keep goes with --every'],
    [['--every', 'off', 'kept'], 2, '--every off takes no folder'],
    [[], 2, "missing required argument 'file'"],
  ];
  for (const [args, code, message, env] of cases) {
    expect(await backup(args, env)).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) });
  }
  expect(readdirSync(home).filter((name) => name !== 'logs')).toEqual(['in-the-way']);
  expect(() => readFileSync(file)).toThrow('ENOENT');
});

test.each([
  ['a value of several lines', 'A="x\nB=1\n"\n', { B: '2' }],
  ['every kind of quote and two lines', '', { B: `a'b"c\`d\ne` }],
])('%s is left alone', (_what, text, values) => {
  expect(() => withValues(text, values)).toThrow('Edit the file by hand');
});
