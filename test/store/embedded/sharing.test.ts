import { execFileSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { serves } from '../../../src/store/embedded/process.ts';
import { findDatabaseIdentity } from '../../../src/store/statements/find-database-identity.ts';
import { aMachine, type Client, type Joined, until } from './support/machine.ts';

const machine = aMachine();
const logOf = (home: string): Promise<string> => readFile(join(home, 'logs', 'postgres.log'), 'utf8');
const countStarts = (log: string): number => log.split('starting PostgreSQL').length - 1;
const isUp = ({ pid, dataDirectory }: Joined): Promise<boolean> => serves(pid, dataDirectory);

describe('one client', () => {
  test('the first start creates the database and says so once; the next start finds its rows', async () => {
    const home = join(await machine.home(), 'not', 'there', 'yet');
    const first = machine.client();
    const cold = await first.join({ home });
    expect(cold).toMatchObject({ started: true, user: 'postgres', port: 5432 });
    expect(cold.said).toEqual([`Creating the database in ${cold.dataDirectory} (once).`]);
    await first.query('create table kept as select 42 as number');
    await first.leave();

    const second = machine.client();
    const warm = await second.join({ home });
    expect(warm).toMatchObject({ started: true, said: [], dataDirectory: cold.dataDirectory });
    expect(await second.query('select number from kept')).toEqual([{ number: 42 }]);
    await second.leave();
    expect(warm.ms).toBeLessThan(2_000);
  });

  test('the database keeps what was acknowledged, knows Unicode, and is reached by its socket alone', async () => {
    const home = await machine.home();
    const client = machine.client();
    const { dataDirectory, host, pid } = await client.join({ home });
    const [settings] = await client.query(`
      select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
        current_setting('synchronous_commit') as synchronous_commit, current_setting('data_checksums') as data_checksums,
        current_setting('autovacuum') as autovacuum, current_setting('listen_addresses') as listen_addresses,
        current_setting('server_encoding') as server_encoding, lower('ÄÖÅ') as lower`);
    expect(settings).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      data_checksums: 'on',
      autovacuum: 'on',
      listen_addresses: '',
      server_encoding: 'UTF8',
      lower: 'äöå',
    });
    expect((await stat(host)).mode & 0o777).toBe(0o700);
    for (const folder of ['run', 'logs', 'postgres']) expect((await stat(join(home, folder))).mode & 0o777).toBe(0o700);
    expect((await stat(dataDirectory)).uid).toBe((await stat(`/proc/${pid}`).catch(() => stat(dataDirectory))).uid);
  });

  test.runIf(process.platform === 'linux')(
    'the server gets none of the secrets in its starter’s environment',
    async () => {
      const home = await machine.homeWithDatabase();
      const client = machine.client({ env: { SOME_API_KEY: 'hush', PGOPTIONS: '-c work_mem=1GB' } });
      const { pid } = await client.join({ home });
      const environment = execFileSync('cat', [`/proc/${pid}/environ`], { encoding: 'utf8' });
      expect(environment).toContain('TZ=UTC');
      expect(environment).not.toMatch(/SOME_API_KEY|PGOPTIONS/);
    },
  );

  test('a client that forgets to leave may end, and the server then waits for the next', async () => {
    const home = await machine.homeWithDatabase();
    const forgetful = machine.client();
    const { pid } = await forgetful.join({ home });
    const ended = new Promise((done) => forgetful.process.once('exit', done));
    forgetful.process.stdin?.end();
    expect(await ended).toBe(0);
    const next = machine.client();
    expect(await next.join({ home })).toMatchObject({ pid, started: false });
  });

  test('leaving twice, at once or later, is leaving once', async () => {
    const home = await machine.homeWithDatabase();
    const [client, other] = [machine.client(), machine.client()];
    const server = await client.join({ home });
    await client.leave();
    await other.join({ home });
    await client.leave();
    expect(await other.query('select 1 as one')).toEqual([{ one: 1 }]);
    await other.leave();
    expect(await isUp(server)).toBe(false);
  });
});

describe('several clients', () => {
  test('ten clients that join an empty home at once start one server, and all can query it', async () => {
    const home = await machine.home();
    const clients = Array.from({ length: 10 }, () => machine.client());
    const joined = await Promise.all(clients.map((client) => client.join({ home })));
    expect(new Set(joined.map(({ pid }) => pid)).size).toBe(1);
    expect(joined.filter(({ started }) => started)).toHaveLength(1);
    expect(joined.flatMap(({ said }) => said)).toHaveLength(1);
    expect(countStarts(await logOf(home))).toBe(1);
    expect(await Promise.all(clients.map((client) => client.query('select 1 as one')))).toEqual(
      clients.map(() => [{ one: 1 }]),
    );
    await Promise.all(clients.map((client) => client.leave()));
    expect(await isUp(joined[0] as Joined)).toBe(false);
  });

  test('the last client to leave stops the server, and no other', async () => {
    const home = await machine.homeWithDatabase();
    const [a, b, c] = [machine.client(), machine.client(), machine.client()];
    const server = await a.join({ home });
    await b.join({ home });
    await c.join({ home });
    await a.leave();
    expect(await isUp(server)).toBe(true);
    await c.leave();
    expect(await b.query('select 1 as one')).toEqual([{ one: 1 }]);
    await b.leave();
    expect(await isUp(server)).toBe(false);
    expect(await logOf(home)).toContain('received fast shutdown request');
  });

  test('a killed client leaves the server running; the next adopts it, and stops it when it leaves', async () => {
    const home = await machine.homeWithDatabase();
    const killed = machine.client();
    const server = await killed.join({ home });
    await killed.kill();
    expect(await isUp(server)).toBe(true);
    const next = machine.client();
    expect(await next.join({ home })).toMatchObject({ pid: server.pid, started: false });
    await next.leave();
    expect(await isUp(server)).toBe(false);
  });

  test('a client that joins while the last one leaves always ends up with a server that stays', async () => {
    const home = await machine.homeWithDatabase();
    const clients = Array.from({ length: 4 }, () => machine.client());
    const busy = clients.map(async (client, index) => {
      for (let round = 0; round < 12; round++) {
        await client.join({ home });
        expect(await client.query('select 1 as one')).toEqual([{ one: 1 }]);
        await sleep((index * 7 + round * 5) % 20);
        expect(await client.query('select 2 as two')).toEqual([{ two: 2 }]);
        await client.leave();
      }
    });
    await Promise.all(busy);
    const log = await logOf(home);
    // the rounds met: some starts, but far fewer than the 48 joins; and every one of them was stopped in order
    expect(log.split('received fast shutdown').length - 1).toBe(countStarts(log));
    expect(log).not.toMatch(/F0001|was interrupted|not properly shut down/);
  });

  test('a client is still counted after a crashed backend has ended every session', async () => {
    const home = await machine.homeWithDatabase();
    const [stays, leaves] = [machine.client(), machine.client()];
    const server = await stays.join({ home });
    const crashing = stays.query('select pg_sleep(20)').catch((error: Error) => error.message);
    let backend = 0;
    await leaves.join({ home });
    await until(async () => {
      const rows = await leaves.query(
        "select pid from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()",
      );
      backend = Number(rows[0]?.pid ?? 0);
      return backend > 0;
    });
    process.kill(backend, 'SIGKILL');
    await crashing;
    await until(() => countClients(leaves).then((count) => count === 2));
    await leaves.leave();
    expect(await isUp(server)).toBe(true);
    expect(await stays.query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});

test('a copy of a data directory has another identity, and the original keeps its own', async () => {
  const identityOf = async (home: string) => {
    const client = machine.client();
    await client.join({ home });
    const [row] = await client.query(findDatabaseIdentity.text);
    await client.leave();
    return row?.identity;
  };
  const home = await machine.homeWithDatabase();
  const original = await identityOf(home);
  const copy = await machine.home();
  execFileSync('cp', ['-pR', join(home, 'postgres'), copy]);
  const copied = await identityOf(copy);
  expect(String(copied).split('/')[0]).toBe(String(original).split('/')[0]);
  expect(copied).not.toBe(original);
  expect([await identityOf(home), await identityOf(copy)]).toEqual([original, copied]);
});

async function countClients(client: Client): Promise<number> {
  const sql =
    "select count(*)::int as count from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and granted";
  return client.query(sql).then(
    (rows) => Number(rows[0]?.count),
    () => 0,
  );
}
