import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { clientBackends, signal } from './kill.ts';
import { type Fault, healsByItself } from './rounds.ts';
import { type ServerScene, timeoutSeconds } from './server-scene.ts';

/** A session that is in the way of all others until it is ended. */
export async function aBlocker({ database }: ServerScene): Promise<pg.Client> {
  const client = new pg.Client(database);
  client.on('error', () => {});
  await client.connect();
  return client;
}

export const processFaults: Fault<ServerScene>[] = [
  {
    name: 'kill -9 of a client’s server',
    async strike({ writers, chance }) {
      const pids = writers.flatMap(({ pid }) => pid ?? []);
      if (pids.length > 0) signal(chance.oneOf(pids), 'SIGKILL');
      return healsByItself;
    },
  },
  {
    name: 'kill -9 of a replica of the service',
    async strike({ replicas, chance, startReplica }) {
      const place = chance.between(0, replicas.length - 1);
      const killed = replicas[place];
      if (killed !== undefined) killed.isAlive = false;
      await killed?.end();
      return async () => {
        replicas[place] = await startReplica();
      };
    },
  },
];

export const postgresFaults: Fault<ServerScene>[] = [
  {
    name: 'restart of PostgreSQL',
    strike: async ({ postgres }) => {
      await postgres.restart();
      return healsByItself;
    },
  },
  {
    name: 'kill -9 of PostgreSQL',
    strike: async ({ postgres }) => {
      await postgres.kill9();
      return () => postgres.restart();
    },
  },
  {
    name: 'kill -9 of a backend',
    async strike({ look, chance }) {
      const { rows } = await look((sql) => sql.query<{ pid: number }>(clientBackends));
      if (rows.length > 0) signal(chance.oneOf(rows).pid, 'SIGKILL');
      return healsByItself;
    },
  },
  {
    name: 'terminated connections',
    async strike({ look }) {
      await look((sql) => sql.query(`select pg_terminate_backend(pid) from (${clientBackends}) b`));
      return healsByItself;
    },
  },
  {
    name: 'cancelled statements',
    async strike({ look }) {
      await look(async (sql) => {
        for (let times = 0; times < 20; times += 1) {
          await sql.query(`select pg_cancel_backend(pid) from (${clientBackends}) b`);
          await sleep(5);
        }
      });
      return healsByItself;
    },
  },
];

export const lockFaults: Fault<ServerScene>[] = [
  {
    name: 'statement timeouts',
    lastsMs: timeoutSeconds * 1_000 + 300,
    async strike(scene) {
      const blocker = await aBlocker(scene);
      await blocker.query('begin; lock table operations in share mode');
      return () => blocker.end();
    },
  },
  {
    name: 'locks longer than the database’s lock_timeout',
    lastsMs: 400,
    async strike(scene) {
      const blocker = await aBlocker(scene);
      await blocker.query("alter database postgres set lock_timeout = '50ms'");
      await blocker.query(`select pg_terminate_backend(pid) from (${clientBackends}) b`);
      await blocker.query('begin; lock table goals in share row exclusive mode');
      return async () => {
        await blocker.query('rollback; alter database postgres reset lock_timeout').finally(() => blocker.end());
      };
    },
  },
  {
    name: 'deadlocks',
    async strike(scene) {
      const blocker = await aBlocker(scene);
      // PostgreSQL ends the session that has waited for its deadlock_timeout: not this one
      await blocker.query("set deadlock_timeout = '60s'");
      await blocker.query("begin; select from goals where description like '% by all' for update");
      await sleep(100);
      await blocker.query("select from tasks where status <> 'completed' order by number desc for update");
      return () => blocker.end();
    },
  },
];

export const diskFaults: Fault<ServerScene>[] = [
  {
    name: 'full disk',
    async strike({ disk, database, postgres, look }) {
      const makeRoom = disk?.fill();
      // a new file of the log is wanted, and there is no room for it
      await look(async (sql) => {
        for (let times = 0; times < 4; times += 1) {
          await sql.query("select pg_logical_emit_message(true, 'fill', repeat('x', 100000))");
          await sql.query('select pg_switch_wal()');
        }
      }).catch(() => {});
      return async () => {
        makeRoom?.();
        // what cannot write its log ends, and whoever runs it starts it again
        if (!(await takesConnections(database))) await postgres.restart();
      };
    },
  },
  {
    name: 'power cut of PostgreSQL’s machine',
    async strike({ disk, postgres }) {
      disk?.cutPower();
      await postgres.kill9();
      return async () => {
        await disk?.restorePower();
        await postgres.restart();
      };
    },
  },
];

async function takesConnections(database: pg.ClientConfig): Promise<boolean> {
  for (let tries = 0; tries < 20; tries += 1) {
    const client = new pg.Client(database);
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      await sleep(100);
    }
  }
  return false;
}
