import { execFileSync, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isRoot } from '../../../src/store/embedded/account.ts';
import { isRunning, serves } from '../../../src/store/embedded/process.ts';
import { aMachine, type Client, type Joined, until } from './support/machine.ts';

const machine = aMachine();

describe('a server that was killed', () => {
  test('the same process joins again, and acknowledged rows are there', async () => {
    const { client, home, server } = await aJoinedClient();
    await client.query('create table kept as select generate_series(1, 1000) as number');
    process.kill(server.pid, 'SIGKILL');
    const again = await client.join({ home });
    expect(again.started).toBe(true);
    expect(again.pid).not.toBe(server.pid);
    expect(await client.query('select count(*)::int as count from kept')).toEqual([{ count: 1000 }]);
    await client.leave();
    expect(await serves(again.pid, again.dataDirectory)).toBe(false);
  });

  test('five clients that join again at once start one server', async () => {
    const { client, home, server } = await aJoinedClient();
    const others = Array.from({ length: 4 }, () => machine.client());
    await Promise.all(others.map((one) => one.join({ home })));
    const clients = [client, ...others];
    process.kill(server.pid, 'SIGKILL');
    const again = await Promise.all(clients.map((one) => one.join({ home })));
    expect(new Set(again.map(({ pid }) => pid)).size).toBe(1);
    expect(again.filter(({ started }) => started)).toHaveLength(1);
  });

  test('a busy session that outlives its server only delays the next one', async () => {
    const { client, home, server } = await aJoinedClient();
    // works on for a second or more without looking whether the server is still there
    const busy = client.query(
      'select count(*) from generate_series(1, 1500000) as n where md5(n::text) = md5(n::text || n)',
    );
    busy.catch(() => {});
    const other = machine.client();
    await other.join({ home });
    await until(
      async () =>
        (await other.query("select 1 from pg_stat_activity where query like '%md5%' and state = 'active'")).length > 1,
    );
    process.kill(server.pid, 'SIGKILL');
    expect((await other.join({ home })).started).toBe(true);
    expect(await other.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('one that is still recovering is waited for', async () => {
    const { client, home, server } = await aJoinedClient();
    await client.query('create table much as select n, md5(n::text) as text from generate_series(1, 100000) as n');
    process.kill(server.pid, 'SIGKILL');
    expect((await client.join({ home })).started).toBe(true);
    expect(await client.query('select count(*)::int as count from much')).toEqual([{ count: 100000 }]);
  });
});

describe('a postmaster.pid left behind', () => {
  test('by a process that is gone does not matter', async () => {
    const { client, home, server } = await aJoinedClient();
    const pidFile = join(server.dataDirectory, 'postmaster.pid');
    const text = await readFile(pidFile, 'utf8');
    await client.leave();
    await writeFile(pidFile, text.replace(/^\d+/, String(await aDeadPid())));
    expect((await machine.client().join({ home })).started).toBe(true);
  });

  test('whose number is another program’s now is set aside, and said', async () => {
    const { client, home, server } = await aJoinedClient();
    const text = await readFile(join(server.dataDirectory, 'postmaster.pid'), 'utf8');
    await client.leave();
    const bystander = spawn('sleep', ['60']);
    onTestFinished(() => void bystander.kill());
    for (const name of ['postmaster.pid', '.s.PGSQL.5432.lock']) {
      await writeFile(join(server.dataDirectory, name), text.replace(/^\d+/, String(bystander.pid)));
    }
    const next = await machine.client().join({ home });
    expect(next.started).toBe(true);
    expect(next.said[0]).toContain(`names process ${bystander.pid}, which is no server of this database`);
    expect(isRunning(bystander.pid ?? 0)).toBe(true);
  });
});

describe('a start that was cut short', () => {
  test('while the database was being created: the next client creates it', async () => {
    const home = await machine.home();
    const killed = machine.client();
    void killed.join({ home });
    await until(async () => (await draftsIn(home)).length > 0);
    await killed.kill();
    expect(await machine.client().join({ home })).toMatchObject({ started: true });
  });

  test('long ago: what it left is removed', async () => {
    const home = await machine.home();
    await mkdir(join(home, 'postgres', '18', 'creating-once', 'base'), { recursive: true });
    await machine.client().join({ home });
    expect(await draftsIn(home)).toEqual([]);
  });

  test('at any moment: the next clients get one server each time', async () => {
    const { client, home } = await aJoinedClient();
    await client.leave();
    for (let ms = 0; ms < 60; ms += 6) {
      const killed = machine.client();
      await killed.lock(home); // it is running and ready to be told
      void killed.join({ home });
      await new Promise((done) => setTimeout(done, ms));
      await killed.kill();
      const next = [machine.client(), machine.client()];
      const joined = await Promise.all(next.map((one) => one.join({ home })));
      expect(joined[0]?.pid).toBe(joined[1]?.pid);
      await Promise.all(next.map((one) => one.leave()));
    }
  });
});

describe.runIf(isRoot && process.platform === 'linux')('a full disk', () => {
  test.each([
    ['while the database is created', 24],
    ['before the server is started', 70],
    ['when the server is started', 70],
  ])('%s is said with the way out, and nothing is lost', async (when, megabytes) => {
    const home = await machine.home();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', home], { stdio: 'ignore' });
    } catch {
      return; // this machine lets nobody mount
    }
    onTestFinished(() => void execFileSync('umount', ['-l', home]));
    const client = machine.client();
    if (megabytes === 70) {
      await client.join({ home });
      await client.leave();
      execFileSync('sh', ['-c', `cat /dev/zero > ${home}/filler 2>/dev/null || true`]);
      // one page is enough for the lock of ours, and not for PostgreSQL's
      if (when === 'when the server is started')
        await truncate(join(home, 'filler'), (await stat(join(home, 'filler'))).size - 4096);
    }
    const failure = await client.failToJoin({ home });
    expect(failure).toMatchObject({ name: 'GoalAgentError', code: 'unavailable' });
    expect(failure.message).toBe(
      `The disk that holds ${home} is full, so the database cannot start. Nothing that was saved is lost: make room (about 100 MB) and try again.`,
    );
    expect(await draftsIn(home)).toEqual([]);
  });
});

async function aJoinedClient(): Promise<{ home: string; client: Client; server: Joined }> {
  const home = await machine.homeWithDatabase();
  const client = machine.client();
  return { home, client, server: await client.join({ home }) };
}

async function draftsIn(home: string): Promise<string[]> {
  const names = await readdir(join(home, 'postgres', '18')).catch(() => []);
  return names.filter((name) => name.startsWith('creating-'));
}

async function aDeadPid(): Promise<number> {
  const child = spawn('true');
  await new Promise((done) => child.once('exit', done));
  return child.pid ?? 0;
}
