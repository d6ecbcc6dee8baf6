import { spawn } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { replaceFile } from '../../../src/store/embedded/replace-file.ts';
import { aMachine } from './support/machine.ts';

const machine = aMachine();
type Spoiler = (files: { home: string; data: string; run: string }) => unknown;

/** A home whose server has stopped, with a row in it, and with what a power loss may have left. */
async function aSpoiledHome(spoil: Spoiler): Promise<string> {
  const home = await machine.homeWithDatabase();
  const client = machine.client();
  const { dataDirectory: data } = await client.join({ home });
  await client.query('create table kept as select 42 as number');
  await client.leave();
  await spoil({ home, data, run: join(home, 'run') });
  return home;
}

async function expectARecovery(home: string): Promise<string[]> {
  const client = machine.client();
  const { started, said, ms } = await client.join({ home });
  expect(started).toBe(true);
  expect(ms).toBeLessThan(10_000);
  expect(await client.query('select number from kept')).toEqual([{ number: 42 }]);
  return said;
}

/** The owner of what is written into the data directory is its own. */
const write = (...path: string[]) => replaceFile(join(...path.slice(0, -1)), path.at(-1) ?? '');

describe('after a power loss the server starts, and its rows are there, although', () => {
  const remnants: Record<string, Spoiler> = {
    'postmaster.pid is empty': ({ data }) => write(data, 'postmaster.pid', ''),
    'postmaster.pid is garbage': ({ data }) => write(data, 'postmaster.pid', '\0\0\0\0\0\0\0\0'),
    'postmaster.pid has no digits': ({ data }) => write(data, 'postmaster.pid', 'hello\nworld\n'),
    'postmaster.pid has a number too large': ({ data }) => write(data, 'postmaster.pid', '99999999999999\n'),
    'postmaster.pid ends after its first line': ({ data }) => write(data, 'postmaster.pid', '4194303'),
    'postmaster.pid names the first process of all': ({ data }) => write(data, 'postmaster.pid', '1\n'),
    'postmaster.pid names a server without clients': ({ data }) => write(data, 'postmaster.pid', '-1\n'),
    'the socket’s lock file is empty': ({ data }) => write(data, '.s.PGSQL.5432.lock', ''),
    'the socket’s lock file is garbage': ({ data }) => write(data, '.s.PGSQL.5432.lock', '?'),
    'both lock files are empty': async ({ data }) => {
      await write(data, 'postmaster.pid', '');
      await write(data, '.s.PGSQL.5432.lock', '');
    },
    'the socket’s lock file alone names another program': async ({ data }) => {
      const bystander = spawn('sleep', ['60']);
      onTestFinished(() => void bystander.kill());
      await write(data, '.s.PGSQL.5432.lock', `${bystander.pid}\n${data}\n`);
    },
    'a socket is left over': ({ data }) => write(data, '.s.PGSQL.5432', ''),
    'postmaster.opts is empty': ({ data }) => write(data, 'postmaster.opts', ''),
    'postgresql.auto.conf is empty': ({ data }) => write(data, 'postgresql.auto.conf', ''),
    'postgresql.conf is empty': ({ data }) => write(data, 'postgresql.conf', ''),
    'postgresql.conf is missing': ({ data }) => rm(join(data, 'postgresql.conf')),
    'PG_VERSION is empty': ({ data }) => write(data, 'PG_VERSION', ''),
    'PG_VERSION is missing': ({ data }) => rm(join(data, 'PG_VERSION')),
    'every PG_VERSION but one is empty': async ({ data }) => {
      for (const name of await readdir(join(data, 'base'))) {
        if (name !== '1') await write(data, 'base', name, 'PG_VERSION', '');
      }
      await write(data, 'PG_VERSION', '');
    },
    'the newest start lock is empty': ({ run }) => truncate(join(run, 'start-lock.1'), 0),
    'the newest start lock is garbage': ({ run }) => writeFile(join(run, 'start-lock.7'), '\0\0\0\0'),
    'the newest start lock is half written': ({ run }) => writeFile(join(run, 'start-lock.7'), '{"pid":1,'),
    'the newest start lock holds JSON of another kind': ({ run }) => writeFile(join(run, 'start-lock.7'), 'null'),
    'the newest start lock is a folder': ({ run }) => mkdir(join(run, 'start-lock.7')),
    'a start lock has a number past counting': ({ run }) => writeFile(join(run, `start-lock.${'9'.repeat(30)}`), ''),
    'drafts of start locks are left': ({ run }) => writeFile(join(run, 'draft-1'), '{'),
    'the folder of the start locks is gone': ({ run }) => rm(run, { recursive: true }),
    'the logs are gone': ({ home }) => rm(join(home, 'logs'), { recursive: true }),
    'the server’s log is garbage': ({ home }) => writeFile(join(home, 'logs', 'postgres.log'), '\0'.repeat(5_000)),
    'half of a database that was being created is left': async ({ home }) => {
      await mkdir(join(home, 'postgres', '18', 'creating-once', 'base', '1'), { recursive: true });
      await writeFile(join(home, 'postgres', '18', 'creating-once', 'PG_VERSION'), '');
    },
    'the folder of a newer major version is there, without a database': ({ home }) =>
      mkdir(join(home, 'postgres', '19')),
    'the data directory is open to others': ({ data }) => chmod(data, 0o755),
  };
  test.each(Object.entries(remnants))('%s', async (_what, spoil) => {
    await expectARecovery(await aSpoiledHome(spoil));
  });

  test('a crashed server’s own postmaster.pid is cut short', async () => {
    const home = await machine.homeWithDatabase();
    const client = machine.client();
    const { dataDirectory: data, pid } = await client.join({ home });
    await client.query('create table kept as select 42 as number');
    process.kill(pid, 'SIGKILL');
    await client.kill();
    await truncate(join(data, 'postmaster.pid'), 0);
    const said = await expectARecovery(home);
    expect(said).toContain(
      `${join(data, 'postmaster.pid')} holds no process number, as after a power loss: setting it aside.`,
    );
  });

  test('nothing but a half-made database is there: it is created', async () => {
    const home = await machine.home();
    await mkdir(join(home, 'postgres', '18', 'creating-once', 'global'), { recursive: true });
    expect(await machine.client().join({ home })).toMatchObject({ started: true });
    expect(await readdir(join(home, 'postgres', '18'))).toEqual(['data']);
  });
});

describe('what cannot be put right is told in one line, at once:', () => {
  const damages: Record<string, [Spoiler, string]> = {
    'a pg_control that is empty': [
      ({ data }) => truncate(join(data, 'global', 'pg_control'), 0),
      'could not read file "global/pg_control": read 0 of',
    ],
    'a pg_control that is cut': [
      ({ data }) => truncate(join(data, 'global', 'pg_control'), 100),
      'could not read file "global/pg_control": read 100 of',
    ],
    'a pg_control that is missing': [({ data }) => rm(join(data, 'global', 'pg_control')), 'global/pg_control'],
    'a pg_control of garbage': [
      ({ data }) => write(data, 'global', 'pg_control', 'x'.repeat(8192)),
      'database files are incompatible with server',
    ],
    'a write-ahead log that is missing': [
      async ({ data }) => {
        for (const name of await readdir(join(data, 'pg_wal'))) {
          if (/^0/.test(name)) await rm(join(data, 'pg_wal', name));
        }
      },
      'could not locate a valid checkpoint record',
    ],
    'settings of garbage': [({ data }) => write(data, 'postgresql.auto.conf', 'garbage!'), 'postgresql.auto.conf'],
    'a catalog that nobody can log in with': [
      ({ data }) => truncate(join(data, 'global', 'pg_filenode.map'), 0),
      'could not read file "global/pg_filenode.map"',
    ],
    'logs that is a file': [
      async ({ home }) => {
        await rm(join(home, 'logs'), { recursive: true });
        await writeFile(join(home, 'logs'), '');
      },
      'meets a file at',
    ],
    'run that is a file': [
      async ({ home }) => {
        await rm(join(home, 'run'), { recursive: true });
        await writeFile(join(home, 'run'), '');
      },
      'meets a file at',
    ],
    'postgres that is a file': [
      async ({ home }) => {
        await rename(join(home, 'postgres'), join(home, 'old'));
        await writeFile(join(home, 'postgres'), '');
      },
      'meets a file at',
    ],
    'a server’s log that is a folder': [
      async ({ home }) => {
        await rm(join(home, 'logs', 'postgres.log'));
        await mkdir(join(home, 'logs', 'postgres.log'));
      },
      'EISDIR',
    ],
  };
  test.each(Object.entries(damages))('%s', async (_what, [spoil, reason]) => {
    const home = await aSpoiledHome(spoil);
    const began = performance.now();
    const failure = await machine.client().failToJoin({ home });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(failure.name).toBe('GoalAgentError');
    expect(failure.message).toContain(reason);
    expect(failure.message).toMatch(/[Ww]hen that is put right|Move that file away|put that folder back/);
    expect(failure.message).not.toContain('\n');
    expect(failure.message).not.toContain('still starting');
  });
});

test('a server that is being started is not taken for a remnant, however empty its postmaster.pid', async () => {
  const home = await machine.homeWithDatabase();
  const client = machine.client();
  const { dataDirectory: data, pid } = await client.join({ home });
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8');
  await truncate(join(data, 'postmaster.pid'), 0);
  const joining = machine.client().join({ home });
  await new Promise((done) => setTimeout(done, 1_500));
  await writeFile(join(data, 'postmaster.pid'), text);
  expect(await joining).toMatchObject({ pid, started: false });
  await expect(stat(join(data, 'postmaster.pid.stale'))).rejects.toThrow('ENOENT');
});
