import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { expect } from 'vitest';
import { migrate } from '../../../../src/store/migrate.ts';
import { type ServerPostgres, startServerPostgres } from '../../../support/server-postgres.ts';
import type { Chance } from './chance.ts';
import { looking, makeSharedGoals } from './open.ts';
import { Knowledge } from './record.ts';
import type { Scene } from './rounds.ts';
import { stdioSession } from './session.ts';
import { Writer } from './writer.ts';

/** Two servers of which one follows the other, and clients that know both hosts. */
export interface PairScene extends Scene {
  primary: ServerPostgres;
  standby: ServerPostgres;
  /** The server that was killed, until another follows in its place. */
  dead: ServerPostgres | undefined;
  /** Where the database is, as the program reads it, and a home. */
  env: Record<string, string>;
  home: string;
  /** The standby receives nothing any more, as one does that is slow or far away. */
  holdBackStandby(): Promise<void>;
  close(): Promise<void>;
}

const configOf = ({ host, port, user, password }: ServerPostgres): pg.ClientConfig => {
  return { host, port, user, password, database: 'postgres' };
};

export async function openPair(chance: Chance): Promise<PairScene> {
  const primary = await startServerPostgres();
  await migrate(configOf(primary));
  const standby = await startServerPostgres({ standbyOf: primary });
  const home = mkdtempSync(path.join(tmpdir(), 'ga-faults-'));
  const env = { ...environmentOfBoth(primary, standby), GOAL_AGENT_HOME: home };
  const knowledge = new Knowledge();
  const open = (name: string) => stdioSession({ name, database: 'embedded', env });
  const shared = await makeSharedGoals(await open('first'));
  const scene: PairScene = {
    primary,
    standby,
    dead: undefined,
    env,
    home,
    knowledge,
    writers: ['a', 'b'].map((name) => new Writer({ name, connect: () => open(name), shared, knowledge, chance })),
    look: (work) => looking(configOf(scene.primary), work),
    holdBackStandby: () => cutOffStandby(standby),
    async close() {
      await Promise.all(scene.writers.map((writer) => writer.stop()));
      for (const server of new Set([scene.primary, scene.standby, scene.dead])) {
        await server?.kill9();
        await server?.stop();
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
  return scene;
}

function environmentOfBoth(...servers: [ServerPostgres, ServerPostgres]): Record<string, string> {
  const [{ user, password }] = servers;
  return {
    POSTGRES_HOST: servers.map(({ host }) => host).join(','),
    POSTGRES_PORT: servers.map(({ port }) => port).join(','),
    POSTGRES_USER: user,
    POSTGRES_PASSWORD: password,
    POSTGRES_DB: 'postgres',
    POSTGRES_SSL_MODE: 'disable',
  };
}

/** Makes commits wait for the standby, and returns when it is there. */
export async function waitForStandby({ primary }: PairScene): Promise<void> {
  await looking(configOf(primary), async (sql) => {
    await sql.query(`alter system set synchronous_standby_names = '*'`);
    await sql.query('select pg_reload_conf()');
    await expect
      .poll(async () => (await sql.query('select sync_state from pg_stat_replication')).rows, { timeout: 30_000 })
      .toEqual([{ sync_state: 'sync' }]);
  });
}

/** The primary dies, and the standby takes its place. */
export async function failOver(scene: PairScene): Promise<void> {
  const { primary, standby } = scene;
  await primary.kill9();
  await looking(configOf(standby), (sql) => sql.query('select pg_promote()'));
  scene.dead = primary;
  scene.primary = standby;
}

/** Starts a server in the place of the one that died, which follows the other. */
export async function follow(scene: PairScene): Promise<void> {
  const { dead, primary } = scene;
  await dead?.stop();
  scene.standby = await startServerPostgres({ standbyOf: primary, ...(dead && { port: dead.port }) });
  scene.dead = undefined;
}

/** A receiver that only stood still would keep the promotion waiting for it. */
async function cutOffStandby(standby: ServerPostgres): Promise<void> {
  await looking(configOf(standby), async (sql) => {
    const receivers = async () => (await sql.query('select from pg_stat_wal_receiver where pid is not null')).rowCount;
    await expect.poll(receivers, { timeout: 30_000 }).toBe(1);
    await sql.query("alter system set primary_conninfo = ''");
    await sql.query('select pg_reload_conf()');
    await expect.poll(receivers, { timeout: 30_000 }).toBe(0);
  });
}
